# cmake -DFILES="a;b" -DVERSION=... -DBUILD=... -DOUTPUT=build_mark.cpp -P build_mark.cmake: one digest of all the files and of how they are built.
set(all "${BUILD}")
foreach(file ${FILES})
  file(SHA256 ${file} digest)
  string(APPEND all "${digest}")
endforeach()
string(SHA256 mark "${all}")
string(SUBSTRING ${mark} 0 16 mark)
file(WRITE ${OUTPUT} "#include \"compiler/codegen/build_mark.h\"\n\nnamespace mig::codegen {\n\nconst char kBuildMark[] = \"${VERSION}+${mark}\";\n\n}  // namespace mig::codegen\n")
