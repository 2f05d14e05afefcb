// As beside_hog_ok.c, and each look is made in a copy of the process.
// expect: none
// mode: race
// env: GORO_RACE_OPTIONS=apart=0
#include "beside_hog_ok.c"
