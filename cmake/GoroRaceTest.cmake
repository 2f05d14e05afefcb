# goro_add_race_test(<name> <target> [ARGS <argument>...] [OPTIONS <option of goro-race>...] [SEEDS <n>...])
#
# A test that runs the target under goro-race and fails when something was found (or as the program itself fails). With
# SEEDS it is a test for each of these schedules, <name>/seed<n>. The target links goro::race; a program in which nothing
# could be found, as it was built without, fails the test, too. All of them have the label `race`: ctest -L race.
function(goro_add_race_test name target)
  cmake_parse_arguments(PARSE_ARGV 2 race "" "" "ARGS;OPTIONS;SEEDS")
  if(race_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "goro_add_race_test(${name}): unknown arguments: ${race_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "goro_add_race_test(${name}): ${target} is no target")
  endif()
  if(race_SEEDS)
    foreach(seed IN LISTS race_SEEDS)
      goro_add_one_race_test(${name}/seed${seed} ${target} "--seed;${seed};${race_OPTIONS}" "${race_ARGS}")
    endforeach()
  else()
    goro_add_one_race_test(${name} ${target} "${race_OPTIONS}" "${race_ARGS}")
  endif()
endfunction()

function(goro_add_one_race_test name target options arguments)
  add_test(NAME ${name} COMMAND ${GORO_RACE} ${options} -- $<TARGET_FILE:${target}> ${arguments})
  set_tests_properties(${name} PROPERTIES LABELS race FAIL_REGULAR_EXPRESSION "goro-race: [^\n]* is (linked with goro-cc -race, but )?not instrumented")
endfunction()
