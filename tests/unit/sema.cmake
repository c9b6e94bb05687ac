# The checker: golden findings of tests/golden/check.
file(GLOB sema_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/sema_*.cpp)
add_executable(unit_sema ${sema_tests})
target_precompile_headers(unit_sema REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_sema PRIVATE mig_compiler_sema mig_test_findings GTest::gtest_main)
target_compile_definitions(unit_sema PRIVATE MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_sema)
