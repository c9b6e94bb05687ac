# Source map, findings and their renderers; lexer, parser and syntax tree. The harness of golden findings serves other rooms too.
add_library(mig_test_findings STATIC ${CMAKE_CURRENT_LIST_DIR}/../harness/finding_expectations.cpp)
target_precompile_headers(mig_test_findings REUSE_FROM migc_precompiled)
target_link_libraries(mig_test_findings PUBLIC mig_compiler_base)

file(GLOB base_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/base_*.cpp)
add_executable(unit_base ${base_tests})
target_precompile_headers(unit_base REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_base PRIVATE mig_compiler_base GTest::gtest_main)
gtest_discover_tests(unit_base)

file(GLOB syntax_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/syntax_*.cpp)
add_executable(unit_syntax ${syntax_tests})
target_precompile_headers(unit_syntax REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_syntax PRIVATE mig_compiler_syntax mig_test_findings GTest::gtest_main)
target_compile_definitions(unit_syntax PRIVATE MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_syntax)
