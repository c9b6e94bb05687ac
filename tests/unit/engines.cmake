# Tests of frames, of the per-record program, and of both engines.
add_executable(test_records ${CMAKE_CURRENT_SOURCE_DIR}/unit/records_frames.cpp)
target_link_libraries(test_records PRIVATE mig_runtime_records GTest::gtest_main)
gtest_discover_tests(test_records)

add_library(mig_test_engines STATIC ${CMAKE_CURRENT_SOURCE_DIR}/unit/engine_pair_run.cpp)
target_link_libraries(mig_test_engines PUBLIC mig_compiler_interp mig_codegen_loader)
target_compile_definitions(mig_test_engines PRIVATE MIG_JIT_LIBRARY="$<TARGET_FILE:migc_jit>")
add_dependencies(mig_test_engines migc_jit)
add_executable(test_engine_pair ${CMAKE_CURRENT_SOURCE_DIR}/unit/engine_pair_agree.cpp)
target_link_libraries(test_engine_pair PRIVATE mig_test_engines GTest::gtest_main)
gtest_discover_tests(test_engine_pair)

add_executable(test_ir ${CMAKE_CURRENT_SOURCE_DIR}/unit/ir_passes.cpp)
target_link_libraries(test_ir PRIVATE mig_ir_core GTest::gtest_main)
gtest_discover_tests(test_ir)
