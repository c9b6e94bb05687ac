# Crash tests need fail points: they exist only with -DMIGC_FAULTS=ON.
if(MIGC_FAULTS)
  add_executable(crash_program crash/crash_program.cpp)
  target_link_libraries(crash_program PRIVATE mig_runtime_engine)
  add_test(NAME crash_tests COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/crash/crash_tests.py $<TARGET_FILE:crash_program>)
  set_tests_properties(crash_tests PROPERTIES TIMEOUT 1800)
endif()
