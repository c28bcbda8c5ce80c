// The numbers that networks are made of: float in the program; double where the tests build the sources once
// more
// (-DRHM_DOUBLE), so that finite differences and transcriptions prove them to many digits.
#pragma once

namespace rhm {

#ifdef RHM_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace rhm
