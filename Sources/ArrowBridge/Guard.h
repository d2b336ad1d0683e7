// What every function of the bridge stands on: exceptions and statuses become codes, and memory is bounded.
#ifndef NIGHTJAR_ARROW_GUARD_H
#define NIGHTJAR_ARROW_GUARD_H

#include "ArrowBridge.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

#include <unistd.h>

#include <arrow/memory_pool.h>
#include <arrow/status.h>
#include <arrow/util/io_util.h>
#include <parquet/exception.h>

namespace nightjar {

inline int32_t fail(nightjar_arrow_error *error, int32_t code, const std::string &message) {
  const size_t length = std::min(message.size(), sizeof(error->message) - 1);
  std::memcpy(error->message, message.data(), length);
  error->message[length] = 0;
  return code;
}

// A status with an errno comes from the operating system; `otherwise` says what any other failure means here.
inline int32_t fail(nightjar_arrow_error *error, const arrow::Status &status, int32_t otherwise) {
  const int number = arrow::internal::ErrnoFromStatus(status);
  int32_t code = otherwise;
  if (number == ENOENT) {
    code = nightjar_arrow_missing_file;
  } else if (number != 0 || status.IsOutOfMemory()) {
    code = nightjar_arrow_input_output;
  }
  return fail(error, code, status.message());
}

// Runs `body`, which returns an arrow::Status, and turns what it throws or returns into a code.
template <typename Body> int32_t guarded(nightjar_arrow_error *error, int32_t otherwise, Body &&body) {
  try {
    const arrow::Status status = body();
    return status.ok() ? nightjar_arrow_ok : fail(error, status, otherwise);
  } catch (const parquet::ParquetStatusException &exception) {
    return fail(error, exception.status(), otherwise);
  } catch (const std::bad_alloc &) {
    return fail(error, nightjar_arrow_input_output, "out of memory");
  } catch (const std::exception &exception) {
    return fail(error, otherwise, exception.what());
  } catch (...) {
    return fail(error, otherwise, "an exception of unknown type");
  }
}

// A damaged footer may ask for absurd buffers: what the machine does not have is refused, not tried.
inline arrow::MemoryPool *pool() {
  static arrow::CappedMemoryPool capped(arrow::default_memory_pool(),
                                        static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE));
  return &capped;
}

} // namespace nightjar

#endif
