#ifndef NIGHTJAR_ARROW_BRIDGE_H
#define NIGHTJAR_ARROW_BRIDGE_H
#ifdef __cplusplus
extern "C" {
#endif
const char *nightjar_arrow_version(void);
#ifdef __cplusplus
}
#endif
#endif
