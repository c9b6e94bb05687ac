# The layout of specs: over every spec of the repository, and over the same specs with their line breaks scrambled.
file(GLOB format_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/format_*.cpp)
add_executable(unit_format ${format_tests})
target_precompile_headers(unit_format REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_format PRIVATE mig_compiler_format GTest::gtest_main)
target_compile_definitions(unit_format PRIVATE MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_format)
