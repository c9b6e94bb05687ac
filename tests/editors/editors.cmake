# Formats for machines, the formatter, the language server and the editor extension, against clients and schemas that are not ours.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(editor_tests ${CMAKE_CURRENT_LIST_DIR})
function(migc_editor_test name)
  add_test(NAME editor_${name} COMMAND ${Python3_EXECUTABLE} ${editor_tests}/${name}.py --migc $<TARGET_FILE:migc> ${ARGN})
  set_tests_properties(editor_${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endfunction()
migc_editor_test(finding_formats)
migc_editor_test(fmt_program)
