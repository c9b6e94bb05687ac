# Tests of the engine, its state and its sinks.
add_executable(unit_engine unit/engine_runs_test.cpp unit/engine_groups_test.cpp unit/state_ledger_test.cpp unit/sink_file_test.cpp
  unit/sink_sqlite_test.cpp)
target_precompile_headers(unit_engine REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_engine PRIVATE mig_runtime_engine ZLIB::ZLIB GTest::gtest_main)
gtest_discover_tests(unit_engine)
