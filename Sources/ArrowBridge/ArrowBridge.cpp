#include "ArrowBridge.h"
#include "Guard.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <arrow/c/bridge.h>
#include <arrow/config.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/thread_pool.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/statistics.h>
#include <parquet/properties.h>

using nightjar::fail;
using nightjar::guarded;
using nightjar::pool;

namespace {

// Rows decoded at a time: large enough that the calls cost nothing, small enough to stay in a few megabytes a column.
constexpr int64_t kBatchRowCount = 1 << 14;
// Arrow's threads only decode columns of one file at a time; stages have threads of their own.
constexpr int kThreadPoolCapacity = 4;

void limit_threads() {
  static const bool done = [] {
    const int wanted = std::min(kThreadPoolCapacity, arrow::GetCpuThreadPoolCapacity());
    return arrow::SetCpuThreadPoolCapacity(std::max(1, wanted)).ok();
  }();
  static_cast<void>(done);
}

} // namespace

void nightjar_arrow_release_unused(void) { pool()->ReleaseUnused(); }

const char *nightjar_arrow_version(void) {
  static const std::string version = arrow::GetBuildInfo().version_string;
  return version.c_str();
}

// ---- Writing ----

struct nightjar_parquet_writer {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
  std::vector<std::shared_ptr<arrow::RecordBatch>> pending;
  int64_t pending_row_count = 0;
  int64_t row_group_row_count = 0;

  // Writes the first `row_count` pending rows as one row group.
  arrow::Status write_row_group(int64_t row_count) {
    std::vector<std::shared_ptr<arrow::RecordBatch>> group;
    std::vector<std::shared_ptr<arrow::RecordBatch>> rest;
    int64_t missing = row_count;
    for (auto &batch : pending) {
      const int64_t taken = std::min(missing, batch->num_rows());
      if (taken > 0) group.push_back(batch->Slice(0, taken));
      if (taken < batch->num_rows()) rest.push_back(batch->Slice(taken));
      missing -= taken;
    }
    ARROW_ASSIGN_OR_RAISE(auto table, arrow::Table::FromRecordBatches(schema, group));
    ARROW_ASSIGN_OR_RAISE(auto whole, table->CombineChunks(pool()));
    ARROW_RETURN_NOT_OK(writer->WriteTable(*whole, row_group_row_count));
    pending = std::move(rest);
    pending_row_count -= row_count;
    return arrow::Status::OK();
  }
};

int32_t nightjar_parquet_writer_open(const char *path, struct ArrowSchema *schema, int64_t row_group_row_count,
                                     int32_t splits_bytes, nightjar_parquet_writer **writer,
                                     nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_schema_mismatch, [&]() -> arrow::Status {
    auto result = std::make_unique<nightjar_parquet_writer>();
    ARROW_ASSIGN_OR_RAISE(result->schema, arrow::ImportSchema(schema));
    result->row_group_row_count = row_group_row_count;
    parquet::WriterProperties::Builder properties;
    properties.compression(parquet::Compression::ZSTD)
        ->max_row_group_length(row_group_row_count)
        ->enable_page_checksum()
        ->memory_pool(pool());
    for (const auto &field : result->schema->fields()) {
      // Doubles hardly repeat: a dictionary of them would be filled and thrown away.
      const auto type = field->type()->id();
      if (type == arrow::Type::DOUBLE || (splits_bytes && type == arrow::Type::INT64)) {
        properties.disable_dictionary(field->name())->encoding(field->name(), parquet::Encoding::BYTE_STREAM_SPLIT);
      }
    }
    parquet::ArrowWriterProperties::Builder arrow_properties;
    arrow_properties.store_schema()->set_use_threads(false);
    ARROW_ASSIGN_OR_RAISE(result->sink, arrow::io::FileOutputStream::Open(path));
    ARROW_ASSIGN_OR_RAISE(result->writer,
                          parquet::arrow::FileWriter::Open(*result->schema, pool(), result->sink, properties.build(),
                                                           arrow_properties.build()));
    *writer = result.release();
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_writer_write(nightjar_parquet_writer *writer, struct ArrowArray *batch,
                                      nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_schema_mismatch, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto rows, arrow::ImportRecordBatch(batch, writer->schema));
    if (rows->num_rows() == 0) return arrow::Status::OK();
    writer->pending_row_count += rows->num_rows();
    writer->pending.push_back(std::move(rows));
    while (writer->pending_row_count >= writer->row_group_row_count) {
      ARROW_RETURN_NOT_OK(writer->write_row_group(writer->row_group_row_count));
    }
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_writer_close(nightjar_parquet_writer *writer, nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_input_output, [&]() -> arrow::Status {
    if (writer->pending_row_count > 0) ARROW_RETURN_NOT_OK(writer->write_row_group(writer->pending_row_count));
    ARROW_RETURN_NOT_OK(writer->writer->Close());
    return writer->sink->Close();
  });
}

void nightjar_parquet_writer_free(nightjar_parquet_writer *writer) {
  nightjar_arrow_error ignored;
  // The sink goes first: Arrow's own writer would otherwise end an abandoned file with a footer.
  guarded(&ignored, nightjar_arrow_input_output, [&]() -> arrow::Status { return writer->sink->Close(); });
  guarded(&ignored, nightjar_arrow_input_output, [&]() -> arrow::Status {
    delete writer;
    return arrow::Status::OK();
  });
}

// ---- Reading ----

struct nightjar_parquet_reader {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::unique_ptr<arrow::RecordBatchReader> batches;
  // The row groups that are read, ascending.
  std::vector<int> row_groups;

  // The place of a top-level column among the leaves of the file, which nested columns have others of.
  arrow::Result<int> leaf(int32_t index) const {
    const auto &field = reader->manifest().schema_fields.at(index);
    if (!field.is_leaf()) return arrow::Status::Invalid("a column that is to be read is nested");
    return field.column_index;
  }
};

int32_t nightjar_parquet_reader_open(const char *path, int32_t uses_threads, nightjar_parquet_reader **reader,
                                     nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_damaged_file, [&]() -> arrow::Status {
    if (uses_threads) limit_threads();
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path, pool()));
    parquet::ReaderProperties properties(pool());
    properties.set_page_checksum_verification(true);
    parquet::ArrowReaderProperties arrow_properties;
    arrow_properties.set_use_threads(uses_threads != 0);
    arrow_properties.set_pre_buffer(false);
    arrow_properties.set_batch_size(kBatchRowCount);
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(std::move(file), properties));
    auto result = std::make_unique<nightjar_parquet_reader>();
    ARROW_ASSIGN_OR_RAISE(result->reader, builder.memory_pool(pool())->properties(arrow_properties)->Build());
    result->row_groups.resize(result->reader->num_row_groups());
    std::iota(result->row_groups.begin(), result->row_groups.end(), 0);
    *reader = result.release();
    return arrow::Status::OK();
  });
}

int64_t nightjar_parquet_reader_row_count(const nightjar_parquet_reader *reader) {
  const auto metadata = reader->reader->parquet_reader()->metadata();
  int64_t count = 0;
  for (const int group : reader->row_groups) count += metadata->RowGroup(group)->num_rows();
  return count;
}

int32_t nightjar_parquet_reader_restrict(nightjar_parquet_reader *reader, int32_t index, int64_t least,
                                         int64_t greatest, nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_damaged_file, [&]() -> arrow::Status {
    const auto metadata = reader->reader->parquet_reader()->metadata();
    ARROW_ASSIGN_OR_RAISE(const int leaf, reader->leaf(index));
    std::vector<int> kept;
    for (const int group : reader->row_groups) {
      const auto chunk = metadata->RowGroup(group)->ColumnChunk(leaf);
      const auto statistics = chunk->is_stats_set() ? chunk->statistics() : nullptr;
      if (statistics && statistics->HasMinMax() && statistics->physical_type() == parquet::Type::INT64) {
        const auto &range = static_cast<const parquet::Int64Statistics &>(*statistics);
        if (greatest < range.min() || least > range.max()) continue;
      }
      kept.push_back(group);
    }
    reader->row_groups = std::move(kept);
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_reader_schema(nightjar_parquet_reader *reader, struct ArrowSchema *schema,
                                       nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_damaged_file, [&]() -> arrow::Status {
    std::shared_ptr<arrow::Schema> arrow_schema;
    ARROW_RETURN_NOT_OK(reader->reader->GetSchema(&arrow_schema));
    return arrow::ExportSchema(*arrow_schema, schema);
  });
}

int32_t nightjar_parquet_reader_select(nightjar_parquet_reader *reader, const int32_t *indices, int32_t count,
                                       nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_damaged_file, [&]() -> arrow::Status {
    std::vector<int> columns;
    for (int32_t place = 0; place < count; ++place) {
      ARROW_ASSIGN_OR_RAISE(const int leaf, reader->leaf(indices[place]));
      columns.push_back(leaf);
    }
    return reader->reader->GetRecordBatchReader(reader->row_groups, columns).Value(&reader->batches);
  });
}

int32_t nightjar_parquet_reader_next(nightjar_parquet_reader *reader, struct ArrowArray *batch,
                                     nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_damaged_file, [&]() -> arrow::Status {
    std::shared_ptr<arrow::RecordBatch> rows;
    batch->release = nullptr;
    ARROW_RETURN_NOT_OK(reader->batches->ReadNext(&rows));
    if (!rows) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(rows->ValidateFull());
    return arrow::ExportRecordBatch(*rows, batch);
  });
}

void nightjar_parquet_reader_free(nightjar_parquet_reader *reader) {
  nightjar_arrow_error ignored;
  guarded(&ignored, nightjar_arrow_input_output, [&]() -> arrow::Status {
    delete reader;
    return arrow::Status::OK();
  });
}
