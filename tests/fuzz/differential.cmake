# The interpreter against compiled code over random programs; the suite runs a small share, a nightly run many more.
add_executable(differential
  ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential_calls.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential_generator.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential_shrink.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential_values.cpp)
target_precompile_headers(differential REUSE_FROM migc_precompiled)
target_link_libraries(differential PRIVATE mig_test_engines mig_stdlib mig_stdlib_bitcode)
add_test(NAME differential COMMAND differential --evaluations 60000)
# With little memory for a record some are refused by some engine; all others must agree as before.
add_test(NAME differential_memory COMMAND differential --evaluations 200000 --memory 100000)
set_tests_properties(differential_memory PROPERTIES PASS_REGULAR_EXPRESSION "no difference.*[1-9][0-9]* without enough memory" FAIL_REGULAR_EXPRESSION "differs")

add_executable(differential_compile_times ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/differential_compile_times.cpp)
target_precompile_headers(differential_compile_times REUSE_FROM migc_precompiled)
target_link_libraries(differential_compile_times PRIVATE mig_test_engines mig_stdlib mig_stdlib_bitcode)
