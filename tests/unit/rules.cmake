# Type checking and rules over whole specs.
file(GLOB rules_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/rules_*.cpp)
add_executable(unit_rules ${rules_tests})
target_precompile_headers(unit_rules REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_rules PRIVATE mig_compiler_rules mig_test_findings GTest::gtest_main)
target_compile_definitions(unit_rules PRIVATE MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_rules)
