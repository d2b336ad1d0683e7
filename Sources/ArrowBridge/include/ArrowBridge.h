// The boundary to Apache Arrow C++: Parquet in and out through the Arrow C data interface.
//
// Every function is `extern "C"`, catches every exception and returns a status; a message for people lies in the
// error that the caller passes. Nothing else of Arrow shows.
#ifndef NIGHTJAR_ARROW_BRIDGE_H
#define NIGHTJAR_ARROW_BRIDGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The Arrow C data interface, copied as its specification asks
// (https://arrow.apache.org/docs/format/CDataInterface.html).
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif // ARROW_C_DATA_INTERFACE

// What a call came to. Anything but `nightjar_arrow_ok` fills the error's message.
enum {
  nightjar_arrow_ok = 0,
  nightjar_arrow_missing_file = 1,
  nightjar_arrow_damaged_file = 2,
  nightjar_arrow_input_output = 3,
  nightjar_arrow_schema_mismatch = 4,
};

// A message of at most 1,023 bytes, ended by a zero byte.
typedef struct nightjar_arrow_error {
  char message[1024];
} nightjar_arrow_error;

// The version of the Arrow library in use, as "26.0.1".
const char *nightjar_arrow_version(void);

// Gives memory that Arrow keeps for later, tens of megabytes after large reads, back to the system.
void nightjar_arrow_release_unused(void);

// One Parquet file being written.
typedef struct nightjar_parquet_writer nightjar_parquet_writer;

// Creates or truncates the file at `path`. Takes over `schema`, whatever the outcome.
// With `splits_bytes`, 64-bit columns are written byte by byte (BYTE_STREAM_SPLIT), not through a dictionary.
int32_t nightjar_parquet_writer_open(const char *path, struct ArrowSchema *schema, int64_t row_group_row_count,
                                     int32_t splits_bytes, nightjar_parquet_writer **writer,
                                     nightjar_arrow_error *error);
// Appends the rows of a struct array that fits the schema. Takes over `batch`, whatever the outcome. Rows are held
// back until a row group is full, so that the bytes do not depend on how the rows were cut into batches.
int32_t nightjar_parquet_writer_write(nightjar_parquet_writer *writer, struct ArrowArray *batch,
                                      nightjar_arrow_error *error);
// Writes what is held back and the footer and closes the file. The writer stays to be freed.
int32_t nightjar_parquet_writer_close(nightjar_parquet_writer *writer, nightjar_arrow_error *error);
// Frees the writer; a file that was not closed is left without a footer.
void nightjar_parquet_writer_free(nightjar_parquet_writer *writer);

// One Parquet file being written whose pages the caller encodes: Arrow frames them and writes the footer.
typedef struct nightjar_parquet_pages nightjar_parquet_pages;

// How the values of a page are encoded.
enum {
  // Values as they lie in memory.
  nightjar_encoding_plain = 0,
  // The page is indices of the dictionary: their bit width as one byte, then runs and bit-packed groups.
  nightjar_encoding_dictionary = 1,
  // 64-bit values as they lie in memory, which Arrow turns into packed differences.
  nightjar_encoding_delta = 2,
};

// One column of a row group: at most one dictionary page, and one data page.
typedef struct nightjar_parquet_chunk {
  int32_t encoding;
  // Values as they lie in memory, and their number.
  const void *dictionary;
  int32_t dictionary_count;
  const void *page;
  int64_t page_byte_count;
  // Whether the next two are the least and the greatest value.
  int32_t has_bounds;
  int64_t minimum;
  int64_t maximum;
} nightjar_parquet_chunk;

// Creates or truncates the file at `path`. Takes over `schema`, whatever the outcome; its fields are numbers (no
// floating point), days or instants, and none is nullable.
int32_t nightjar_parquet_pages_open(const char *path, struct ArrowSchema *schema, nightjar_parquet_pages **pages,
                                    nightjar_arrow_error *error);
// Begins a row group; its chunks follow, one a column in the order of the schema.
int32_t nightjar_parquet_pages_begin(nightjar_parquet_pages *pages, int64_t row_count, nightjar_arrow_error *error);
// Writes the next chunk; the caller keeps the memory.
int32_t nightjar_parquet_pages_write(nightjar_parquet_pages *pages, const nightjar_parquet_chunk *chunk,
                                     nightjar_arrow_error *error);
// Writes the footer and closes the file. The writer stays to be freed.
int32_t nightjar_parquet_pages_close(nightjar_parquet_pages *pages, nightjar_arrow_error *error);
// Frees the writer; a file that was not closed is left without a footer.
void nightjar_parquet_pages_free(nightjar_parquet_pages *pages);

// One Parquet file being read.
typedef struct nightjar_parquet_reader nightjar_parquet_reader;

// Opens the file and reads its footer. With `uses_threads`, columns are decoded on Arrow's thread pool; values are
// the same either way.
int32_t nightjar_parquet_reader_open(const char *path, int32_t uses_threads, nightjar_parquet_reader **reader,
                                     nightjar_arrow_error *error);
// The number of rows that the footer claims.
int64_t nightjar_parquet_reader_row_count(const nightjar_parquet_reader *reader);
// The schema of the whole file, as a struct; the caller releases it.
int32_t nightjar_parquet_reader_schema(nightjar_parquet_reader *reader, struct ArrowSchema *schema,
                                       nightjar_arrow_error *error);
// Leaves out the row groups whose statistics say that the 64-bit column at `index` nowhere is from `least` to `greatest`.
int32_t nightjar_parquet_reader_restrict(nightjar_parquet_reader *reader, int32_t index, int64_t least,
                                         int64_t greatest, nightjar_arrow_error *error);
// Begins to read the top-level columns at `indices`, in that order; none may be nested.
int32_t nightjar_parquet_reader_select(nightjar_parquet_reader *reader, const int32_t *indices, int32_t count,
                                       nightjar_arrow_error *error);
// The next rows of the selected columns, as a struct array that the caller releases; its release is NULL at the end.
int32_t nightjar_parquet_reader_next(nightjar_parquet_reader *reader, struct ArrowArray *batch,
                                     nightjar_arrow_error *error);
// Frees the reader; arrays that it gave stay good until they are released.
void nightjar_parquet_reader_free(nightjar_parquet_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
