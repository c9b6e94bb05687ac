# Tests of formats: decoders and encoders alone, then through files.
add_executable(unit_formats unit/formats_ndjson.cpp unit/formats_csv.cpp unit/formats_encode.cpp unit/formats_scan.cpp)
target_link_libraries(unit_formats PRIVATE mig_runtime_formats mig_runtime_records mig_runtime_plan GTest::gtest_main)
gtest_discover_tests(unit_formats)

if(TARGET mig_runtime_connectors AND EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/unit/source_sqlite.cpp)
  add_executable(unit_sources unit/source_file.cpp unit/source_sqlite.cpp)
  target_link_libraries(unit_sources PRIVATE mig_runtime_connectors mig_runtime_formats mig_runtime_records ZLIB::ZLIB PkgConfig::ZSTD PkgConfig::SQLITE
    GTest::gtest_main)
  gtest_discover_tests(unit_sources)
endif()

add_executable(decode_bench bench/decode_bench.cpp)
target_link_libraries(decode_bench PRIVATE mig_runtime_formats mig_runtime_records mig_runtime_plan)
