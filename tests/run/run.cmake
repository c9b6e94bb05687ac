# Run cases through the program itself, and what the command line promises.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME run_cases COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/run/run_cases.py --migc $<TARGET_FILE:migc>)
set_tests_properties(run_cases PROPERTIES TIMEOUT 1200)
set_tests_properties(run_cases PROPERTIES ENVIRONMENT "XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/code_cache_of_tests")
foreach(part cli_frame cli_explain cli_cache cli_tests)
  add_test(NAME ${part} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/integration/${part}.py --migc $<TARGET_FILE:migc>)
  set_tests_properties(${part} PROPERTIES ENVIRONMENT "XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/code_cache_of_tests")
endforeach()
