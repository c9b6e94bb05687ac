# The program as its users meet it: the manual, the main job against its reference, the house's one-way doors.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME include_directions COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/lint/include_directions.py ${CMAKE_SOURCE_DIR})
add_test(NAME layout COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/lint/layout.py ${CMAKE_SOURCE_DIR})
add_test(NAME manual_blocks COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/manual_blocks.py $<TARGET_FILE:migc>
         ${CMAKE_SOURCE_DIR}/specs/language)
add_test(NAME contacts_equal COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/contacts/equal.py $<TARGET_FILE:migc>
         ${CMAKE_SOURCE_DIR}/specs/programs/contacts)
# The tests of the shipped programs pass, and reach every arm, row, conversion and issue of theirs.
foreach(spec contacts/contacts_ndjson contacts/contacts_csv contacts/contacts_sqlite contacts/contacts_stream orders/orders keys/keys
        wide/wide wide/wide_mixed)
  get_filename_component(name ${spec} NAME)
  add_test(NAME program_tests_${name} COMMAND migc test --coverage --deny warnings ${CMAKE_SOURCE_DIR}/specs/programs/${spec}.mig)
endforeach()
set_tests_properties(contacts_equal PROPERTIES TIMEOUT 600)
set_tests_properties(contacts_equal manual_blocks PROPERTIES ENVIRONMENT "XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/code_cache_of_tests")
add_test(NAME stdlib_reference COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/dev/stdlib_reference.py ${CMAKE_SOURCE_DIR} --check)
add_test(NAME hostile_inputs COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/hostile_inputs.py --migc $<TARGET_FILE:migc>)
set_tests_properties(hostile_inputs PROPERTIES LABELS slow TIMEOUT 900 RUN_SERIAL TRUE)
add_test(NAME hostile_specs COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/hostile_specs.py --migc $<TARGET_FILE:migc>)
add_test(NAME finding_cases COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/finding_cases.py --migc $<TARGET_FILE:migc>)
add_test(NAME fix_its COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/fix_its.py --migc $<TARGET_FILE:migc>)
foreach(part breaking diff manifest)
  add_test(NAME cli_${part} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${part}.py --migc $<TARGET_FILE:migc>)
endforeach()
add_test(NAME cli_measures COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/measures.py --migc $<TARGET_FILE:migc> --faults $<TARGET_FILE:migc_faults>)
add_test(NAME cli_own_references COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/own_references.py --migc $<TARGET_FILE:migc> --faults $<TARGET_FILE:migc_faults>)
set_tests_properties(cli_own_references PROPERTIES TIMEOUT 900)
add_test(NAME cli_environments COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/environments.py --migc $<TARGET_FILE:migc>)
set_tests_properties(cli_environments PROPERTIES TIMEOUT 600)
# Single mistakes that `check` catches: specs/studies/mistakes.md, made with --report.
add_test(NAME mutation_study COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/mutation/study.py --migc $<TARGET_FILE:migc> --at-least 0.75)
set_tests_properties(mutation_study PROPERTIES LABELS slow TIMEOUT 900)
add_test(NAME stdlib_examples COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/stdlib_examples.py $<TARGET_FILE:migc> ${CMAKE_SOURCE_DIR})
