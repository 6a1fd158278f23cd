#include "index_work.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "kosei/base/bytes.h"
#include "rocksdb_status.h"

namespace kosei::storage {
IndexSpan SpanOf(IndexNumber number) {
  IndexSpan span{number == kTextIndex ? Family::kText : Family::kIndex, {}, {}};
  if (number == kTextIndex) {
    span.end.assign(1, '\xff');  // no UTF-8 text begins with it
    return span;
  }
  AppendU16(span.begin, number);
  AppendU16(span.end, number);
  span.end += '\xff';  // no value begins with it
  return span;
}

absl::Status RemoveEntries(const Store& store, IndexNumber number) {
  const IndexSpan span = SpanOf(number);
  return ToStatus(
      store.database->db().DeleteRange(rocksdb::WriteOptions(), store.database->family(span.family),
                                       SliceOf(span.begin), SliceOf(span.end)),
      "remove entries of an index");
}

absl::Status WriteMark(const Store& store, const IndexEntry& entry) {
  return ToStatus(store.database->db().Put(
                      rocksdb::WriteOptions(), store.database->family(Family::kMeta),
                      SliceOf(IndexMarkName(entry.number)), SliceOf(EncodeIndexMark(entry))),
                  "write mark of an index");
}

absl::Status RemoveMark(const Store& store, IndexNumber number) {
  return ToStatus(
      store.database->db().Delete(rocksdb::WriteOptions(), store.database->family(Family::kMeta),
                                  SliceOf(IndexMarkName(number))),
      "remove mark of an index");
}

absl::Status MakeDurable(const Store& store) {
  return ToStatus(store.database->db().FlushWAL(true), "sync the log of writes");
}

std::uint64_t BytesOnDisk(const Store& store, IndexNumber number) {
  const IndexSpan span = SpanOf(number);
  const rocksdb::Range range(SliceOf(span.begin), SliceOf(span.end));
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  std::uint64_t bytes = 0;
  store.database->db()
      .GetApproximateSizes(options, store.database->family(span.family), &range, 1, &bytes)
      .PermitUncheckedError();
  return bytes;
}

}  // namespace kosei::storage
