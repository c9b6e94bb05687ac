# Crash tests need fail points: they exist only with -DMIGC_FAULTS=ON.
if(MIGC_FAULTS)
  add_executable(crash_program crash/crash_program.cpp)
target_precompile_headers(crash_program REUSE_FROM migc_precompiled)
  target_link_libraries(crash_program PRIVATE mig_runtime_engine)
  add_test(NAME crash_tests COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/crash/crash_tests.py $<TARGET_FILE:crash_program>)
  set_tests_properties(crash_tests PROPERTIES TIMEOUT 1800)
endif()

# The program itself under kill -9: 100 kills a target.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME kill_contacts COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/kill_contacts.py $<TARGET_FILE:migc>
         ${CMAKE_SOURCE_DIR}/specs/programs/contacts --rows 20000)
set_tests_properties(kill_contacts PROPERTIES LABELS slow TIMEOUT 1500)
