# cmake -DPAGES=folder -DOUTPUT=file.cpp -P embed_pages.cmake: the Markdown files of a folder as a table of C++ texts.
file(GLOB pages ${PAGES}/*.md)
list(SORT pages)
set(rows "")
set(count 0)
foreach(page ${pages})
  get_filename_component(code ${page} NAME_WE)
  if(code STREQUAL "README")
    continue()
  endif()
  file(READ ${page} text)
  string(APPEND rows "    {\"${code}\", R\"_page_(${text})_page_\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT}.new "#include \"tools/migc/findings.h\"\n\n#include <array>\n\nnamespace mig::cli {\nnamespace {\n\n"
  "constexpr std::array<FindingPage, ${count}> kPages = {{\n${rows}}};\n\n}  // namespace\n\n"
  "std::span<const FindingPage> finding_pages() { return kPages; }\n\n}  // namespace mig::cli\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
file(REMOVE ${OUTPUT}.new)
