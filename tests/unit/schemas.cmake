# Schema files of other systems, alone.
add_executable(unit_schemas unit/schemas_golden_test.cpp)
target_precompile_headers(unit_schemas REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_schemas PRIVATE mig_compiler_schemas GTest::gtest_main)
target_compile_definitions(unit_schemas PRIVATE MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_schemas)

# Against live databases. A server that is not installed skips with its name, and fails with MIGC_REQUIRE_SERVERS=1.
add_executable(schema_lines integration/schema_lines.cpp)
target_precompile_headers(schema_lines REUSE_FROM migc_precompiled)
target_link_libraries(schema_lines PRIVATE mig_compiler_schemas mig_live_schema_loader)
add_dependencies(schema_lines migc_live_schema)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(database sqlite postgres mariadb)
  add_test(NAME live_schema_${database} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/integration/live_schemas.py
           $<TARGET_FILE:schema_lines> ${database})
  set_tests_properties(live_schema_${database} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endforeach()
add_test(NAME cli_schemas COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/integration/cli_schemas.py --migc $<TARGET_FILE:migc>)
