// The one function of libFuzzer that the runner calls; no header of it is installed with the compiler.
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*callback)(const uint8_t *bytes, size_t byteCount));
