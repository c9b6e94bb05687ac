// The people that the tests of the engine migrate, and their lines of NDJSON.
#pragma once

#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace mig::test {

/// What the run must produce, computed without the engine: one struct a line of input.
struct Person {
  std::string id, email;
  bool has_email = true, has_number = true, broken = false;
  int64_t number = 0;
  std::vector<std::string> tags;
};

inline std::vector<Person> people(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Person> all;
  for (size_t i = 0; i < count; ++i) {
    Person person;
    person.id = "p" + std::to_string(random() % 1'000'000) + "-" + std::to_string(i);
    person.email = "a" + std::to_string(random() % (count * 3)) + "@x.example";
    person.has_email = random() % 50 != 0;
    person.has_number = random() % 5 != 0;
    person.broken = random() % 97 == 0;
    person.number = static_cast<int64_t>(random() % 40) - 5;
    for (uint64_t k = random() % 4; k > 0; --k) person.tags.push_back("t" + std::to_string(random() % 9));
    all.push_back(std::move(person));
  }
  return all;
}

inline std::string person_json(const Person& person, const std::vector<std::string>& tags) {
  std::string line = "{\"id\":\"" + person.id + "\"";
  if (person.has_email) line += ",\"email\":\"" + person.email + "\"";
  if (person.has_number) line += ",\"n\":" + std::to_string(person.number);
  if (!tags.empty()) {
    line += ",\"tags\":[";
    for (size_t i = 0; i < tags.size(); ++i) line += (i == 0 ? "\"" : ",\"") + tags[i] + "\"";
    line += "]";
  }
  return line + "}";
}

inline void write_people(const std::string& path, const std::vector<Person>& all) {
  std::ofstream out(path, std::ios::binary);
  for (const Person& person : all) out << (person.broken ? "{\"id\":" : person_json(person, person.tags)) << '\n';
}

}  // namespace mig::test
