#include "ArrowBridge.h"

#include <arrow/config.h>

const char *nightjar_arrow_version(void) {
  static const std::string version = arrow::GetBuildInfo().version_string;
  return version.c_str();
}
