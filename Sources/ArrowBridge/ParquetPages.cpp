// Parquet files whose pages come encoded. Arrow knows how pages are framed and what the footer says; the caller knows
// which of its columns are constant, come in runs or are noise, and spares Arrow finding out value by value.
#include "ArrowBridge.h"
#include "Guard.h"

#include <memory>
#include <string>

#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/schema.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/encoding.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

using nightjar::guarded;
using nightjar::pool;

namespace {

// What a Parquet file begins with; Arrow writes the same bytes behind the footer.
constexpr char kMagic[] = {'P', 'A', 'R', '1'};

std::shared_ptr<arrow::Buffer> lent(const void *bytes, int64_t byte_count) {
  return std::make_shared<arrow::Buffer>(static_cast<const uint8_t *>(bytes), byte_count);
}

// The bytes of a bound as its column's type has them.
std::string bound(int64_t value, parquet::Type::type type) {
  if (type == parquet::Type::INT32) {
    const auto narrow = static_cast<int32_t>(value);
    return std::string(reinterpret_cast<const char *>(&narrow), sizeof narrow);
  }
  return std::string(reinterpret_cast<const char *>(&value), sizeof value);
}

} // namespace

struct nightjar_parquet_pages {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<parquet::WriterProperties> properties;
  std::shared_ptr<parquet::SchemaDescriptor> descriptor;
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  std::unique_ptr<parquet::FileMetaDataBuilder> footer;
  // The row group in progress: the footer owns it.
  parquet::RowGroupMetaDataBuilder *group = nullptr;
  int64_t group_row_count = 0;
  int64_t group_byte_count = 0;
  int column = 0;
  // The footer's ordinal has 16 bits; row groups beyond them share the last.
  int16_t ordinal = 0;

  // Writes the next column of the row group and returns the number of its bytes.
  int64_t write(const nightjar_parquet_chunk &chunk, parquet::ColumnChunkMetaDataBuilder *metadata) {
    const auto row_count = static_cast<int32_t>(group_row_count);
    // Arrow wants ordinals for encryption only.
    auto pages = parquet::PageWriter::Open(sink, parquet::Compression::UNCOMPRESSED, metadata, -1, -1, pool(), false,
                                           nullptr, nullptr, properties->page_checksum_enabled());
    const auto type = descriptor->Column(column)->physical_type();
    const int64_t width = type == parquet::Type::INT32 ? sizeof(int32_t) : sizeof(int64_t);
    int64_t byte_count = 0;
    auto encoding = parquet::Encoding::PLAIN;
    auto values = lent(chunk.page, chunk.page_byte_count);
    const bool has_dictionary = chunk.encoding == nightjar_encoding_dictionary;
    if (has_dictionary) {
      encoding = parquet::Encoding::RLE_DICTIONARY;
      byte_count += pages->WriteDictionaryPage(parquet::DictionaryPage(
          lent(chunk.dictionary, chunk.dictionary_count * width), chunk.dictionary_count, parquet::Encoding::PLAIN));
    } else if (chunk.encoding == nightjar_encoding_delta) {
      encoding = parquet::Encoding::DELTA_BINARY_PACKED;
      auto encoder = parquet::MakeTypedEncoder<parquet::Int64Type>(encoding, false, descriptor->Column(column), pool());
      encoder->Put(static_cast<const int64_t *>(chunk.page), row_count);
      values = encoder->FlushValues();
    }
    byte_count += pages->WriteDataPage(parquet::DataPageV1(values, row_count, encoding,
                                                           parquet::Encoding::RLE, parquet::Encoding::RLE,
                                                           values->size()));
    if (chunk.has_bounds) {
      parquet::EncodedStatistics statistics;
      statistics.set_is_signed(true);
      statistics.set_min(bound(chunk.minimum, type));
      statistics.set_max(bound(chunk.maximum, type));
      statistics.set_null_count(0);
      metadata->SetStatistics(statistics);
    }
    pages->Close(has_dictionary, false);
    return byte_count;
  }
};

int32_t nightjar_parquet_pages_open(const char *path, struct ArrowSchema *schema, nightjar_parquet_pages **pages,
                                    nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_schema_mismatch, [&]() -> arrow::Status {
    auto result = std::make_unique<nightjar_parquet_pages>();
    ARROW_ASSIGN_OR_RAISE(result->schema, arrow::ImportSchema(schema));
    result->properties = parquet::WriterProperties::Builder()
                             .compression(parquet::Compression::UNCOMPRESSED)
                             ->enable_page_checksum()
                             ->memory_pool(pool())
                             ->build();
    ARROW_RETURN_NOT_OK(
        parquet::arrow::ToParquetSchema(result->schema.get(), *result->properties, &result->descriptor));
    result->footer = parquet::FileMetaDataBuilder::Make(result->descriptor.get(), result->properties);
    ARROW_ASSIGN_OR_RAISE(result->sink, arrow::io::FileOutputStream::Open(path));
    ARROW_RETURN_NOT_OK(result->sink->Write(kMagic, sizeof kMagic));
    *pages = result.release();
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_pages_begin(nightjar_parquet_pages *pages, int64_t row_count, nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_input_output, [&]() -> arrow::Status {
    pages->group = pages->footer->AppendRowGroup();
    pages->group->set_num_rows(row_count);
    pages->group_row_count = row_count;
    pages->group_byte_count = 0;
    pages->column = 0;
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_pages_write(nightjar_parquet_pages *pages, const nightjar_parquet_chunk *chunk,
                                     nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_input_output, [&]() -> arrow::Status {
    pages->group_byte_count += pages->write(*chunk, pages->group->NextColumnChunk());
    if (++pages->column < pages->descriptor->num_columns()) return arrow::Status::OK();
    pages->group->Finish(pages->group_byte_count, pages->ordinal);
    if (pages->ordinal < INT16_MAX) ++pages->ordinal;
    return arrow::Status::OK();
  });
}

int32_t nightjar_parquet_pages_close(nightjar_parquet_pages *pages, nightjar_arrow_error *error) {
  return guarded(error, nightjar_arrow_input_output, [&]() -> arrow::Status {
    // Meanings of fields travel as Arrow's own writer sends them.
    ARROW_ASSIGN_OR_RAISE(auto serialized, arrow::ipc::SerializeSchema(*pages->schema, pool()));
    auto metadata = std::make_shared<arrow::KeyValueMetadata>();
    metadata->Append("ARROW:schema", arrow::util::base64_encode(std::string_view(*serialized)));
    parquet::WriteFileMetaData(*pages->footer->Finish(metadata), pages->sink.get());
    return pages->sink->Close();
  });
}

void nightjar_parquet_pages_free(nightjar_parquet_pages *pages) {
  nightjar_arrow_error ignored;
  guarded(&ignored, nightjar_arrow_input_output, [&]() -> arrow::Status {
    delete pages;
    return arrow::Status::OK();
  });
}
