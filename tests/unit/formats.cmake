# Tests of formats: decoders and encoders alone, then through files and tables, then against other programs.
add_executable(unit_formats unit/formats_ndjson.cpp unit/formats_csv.cpp unit/formats_encode.cpp unit/formats_scan.cpp
               unit/formats_glance.cpp unit/formats_blocks.cpp)
target_precompile_headers(unit_formats REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_formats PRIVATE mig_runtime_formats mig_runtime_records mig_runtime_plan GTest::gtest_main)
gtest_discover_tests(unit_formats)

add_executable(unit_sources unit/source_file.cpp unit/source_sqlite.cpp)
target_precompile_headers(unit_sources REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_sources PRIVATE mig_runtime_connectors mig_runtime_formats mig_runtime_records GTest::gtest_main)
gtest_discover_tests(unit_sources)

add_executable(decode_lines integration/decode_lines.cpp)
target_precompile_headers(decode_lines REUSE_FROM migc_precompiled)
target_link_libraries(decode_lines PRIVATE mig_runtime_formats mig_runtime_records mig_runtime_plan)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME formats_oracle COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/integration/formats_oracle.py $<TARGET_FILE:decode_lines>)

add_executable(decode_bench bench/decode_bench.cpp)
target_precompile_headers(decode_bench REUSE_FROM migc_precompiled)
target_link_libraries(decode_bench PRIVATE mig_runtime_formats mig_runtime_records mig_runtime_plan)

# libFuzzer needs clang, and coverage in the libraries too:
# cmake -DMIGC_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_CXX_FLAGS="-fsanitize=fuzzer-no-link,address -Wno-deprecated-declarations".
option(MIGC_FUZZ "Build the fuzz targets of the decoders" OFF)
if(MIGC_FUZZ)
  foreach(name ndjson csv file)
    add_executable(decode_fuzz_${name} fuzz/decode_${name}.cpp)
    target_compile_options(decode_fuzz_${name} PRIVATE -fsanitize=fuzzer,address)
    target_link_options(decode_fuzz_${name} PRIVATE -fsanitize=fuzzer,address)
    target_link_libraries(decode_fuzz_${name} PRIVATE mig_runtime_connectors mig_runtime_formats mig_runtime_records mig_runtime_plan)
  endforeach()
endif()
