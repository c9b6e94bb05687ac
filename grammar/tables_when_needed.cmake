# Generated sources build the tables of lexer and parser before main; a text without errors needs neither. Moves that into their
# constructors. cmake -DFOLDER=... -P tables_when_needed.cmake
foreach(part Lexer Parser)
  file(READ ${FOLDER}/Mig${part}.cpp source)
  string(REPLACE "Mig${part}::Initializer Mig${part}::_init;\n" "" source "${source}")
  string(REGEX REPLACE "(\nMig${part}::Mig${part}\\([A-Za-z]+ \\*input\\) : ${part}\\(input\\) {\n)" "\\1  static const Initializer tables;\n" source "${source}")
  string(FIND "${source}" "static const Initializer tables;" made)
  string(FIND "${source}" "::_init;" left)
  if(made EQUAL -1 OR NOT left EQUAL -1)
    message(FATAL_ERROR "Mig${part}.cpp does not look as this script expects: another version of ANTLR?")
  endif()
  file(WRITE ${FOLDER}/Mig${part}.cpp "${source}")
endforeach()
