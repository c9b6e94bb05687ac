# Tests of the engine, its state and its sinks.
add_executable(unit_engine unit/engine_runs_test.cpp unit/engine_groups_test.cpp unit/state_ledger_test.cpp unit/sink_file_test.cpp
  unit/sink_sqlite_test.cpp)
target_precompile_headers(unit_engine REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_engine PRIVATE mig_runtime_engine ZLIB::ZLIB GTest::gtest_main)
gtest_discover_tests(unit_engine)

add_executable(test_exact_float_sum ${CMAKE_CURRENT_SOURCE_DIR}/unit/exact_float_sum_test.cpp)
target_link_libraries(test_exact_float_sum PRIVATE mig_runtime_types)
add_test(NAME exact_float_sum COMMAND test_exact_float_sum)
