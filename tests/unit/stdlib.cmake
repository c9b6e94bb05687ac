# Types and the standard library.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB stdlib_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/types_*.cpp ${CMAKE_CURRENT_LIST_DIR}/stdlib_*.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../property/stdlib_*.cpp)
add_executable(unit_stdlib ${stdlib_tests})
target_precompile_headers(unit_stdlib REUSE_FROM migc_precompiled_tests)
target_link_libraries(unit_stdlib PRIVATE mig_stdlib GTest::gtest_main)
target_compile_definitions(unit_stdlib PRIVATE MIGC_PYTHON="${Python3_EXECUTABLE}" MIGC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
gtest_discover_tests(unit_stdlib)
