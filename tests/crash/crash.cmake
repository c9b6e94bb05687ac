# migc_faults: migc with fail points, for these tests alone. Only the files that speak of fail points are compiled a second time; being objects
# they come before the rooms' archives, whose own versions of them are then not linked.
file(GLOB_RECURSE runtime_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/*.cpp ${CMAKE_SOURCE_DIR}/compiler/interp/*.cpp)
set(fault_sources)
foreach(source ${runtime_sources})
  file(STRINGS ${source} mentions REGEX "runtime/base/failpoint\\.h|MIGC_FAULTS" LIMIT_COUNT 1)
  if(mentions)
    list(APPEND fault_sources ${source})
  endif()
endforeach()
add_executable(migc_faults ${fault_sources})
target_compile_definitions(migc_faults PRIVATE MIGC_FAULTS)
target_link_libraries(migc_faults PRIVATE migc_verbs)
target_precompile_headers(migc_faults REUSE_FROM migc_precompiled)
add_dependencies(migc_faults migc_jit)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME crash_tests COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/crash_tests.py $<TARGET_FILE:migc_faults>)
set_tests_properties(crash_tests PROPERTIES TIMEOUT 600)
add_test(NAME crash_tests_complete COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/crash_tests.py $<TARGET_FILE:migc_faults> --complete)
set_tests_properties(crash_tests_complete PROPERTIES LABELS slow TIMEOUT 1800)

# The program itself under kill -9: 100 kills a target.
add_test(NAME kill_contacts COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/kill_contacts.py $<TARGET_FILE:migc>
         ${CMAKE_SOURCE_DIR}/specs/programs/contacts --rows 20000)
set_tests_properties(kill_contacts PROPERTIES LABELS slow TIMEOUT 1500)

add_test(NAME disk_full COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/disk_full.py $<TARGET_FILE:migc>)
set_tests_properties(disk_full PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
