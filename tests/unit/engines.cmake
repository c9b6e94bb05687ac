# Tests of frames, of the per-record program, and of both engines.
add_executable(test_records ${CMAKE_CURRENT_SOURCE_DIR}/unit/records_frames.cpp)
target_link_libraries(test_records PRIVATE mig_runtime_records GTest::gtest_main)
gtest_discover_tests(test_records)
