#include "speaks_of_time.h"

#include <algorithm>

namespace kosei::storage {

bool SpeaksOfTime(const Store& store, const Transaction& transaction) {
  const auto is_own = [](Timestamp from, Timestamp to) {
    return from != kBeginningOfTime || to != kEndOfTime;
  };
  const TimedLinks& timed = store.topology.timed();
  const auto is_dated = [&](std::string_view key) {
    const NodeIndex node = store.directory.Find(key);
    return node != 0 && (store.directory.Dated(node) || timed.Touches(node));
  };
  return std::any_of(transaction.put_records.begin(), transaction.put_records.end(),
                     [&](const PutRecord& put) {
                       return is_own(put.record.valid_from, put.record.valid_to) ||
                              is_dated(put.record.key);
                     }) ||
         std::any_of(transaction.end_records.begin(), transaction.end_records.end(),
                     [&](const EndRecord& end) {
                       return is_own(end.valid_from, end.valid_to) || is_dated(end.key);
                     }) ||
         std::any_of(transaction.put_links.begin(), transaction.put_links.end(),
                     [&](const PutLink& put) {
                       return is_own(put.valid_from, put.valid_to) || is_dated(put.source) ||
                              is_dated(put.target);
                     }) ||
         std::any_of(transaction.end_links.begin(), transaction.end_links.end(),
                     [&](const EndLink& end) {
                       return is_own(end.valid_from, end.valid_to) || is_dated(end.source) ||
                              is_dated(end.target);
                     });
}

bool SpeaksOfTime(const Store& store, const ReplayedCommit& commit) {
  const TimedLinks& timed = store.topology.timed();
  const auto is_dated = [&](std::string_view key) {
    const NodeIndex node = store.directory.Find(key);
    return node != 0 && (store.directory.Dated(node) || timed.Touches(node));
  };
  return std::any_of(commit.records.begin(), commit.records.end(),
                     [&](const RecordLine& line) {
                       const RecordView record = RecordView::Trust(line.bytes);
                       return record.valid_from() != commit.decoded.info.time ||
                              record.valid_to() != kEndOfTime || is_dated(record.key());
                     }) ||
         std::any_of(commit.links.begin(), commit.links.end(), [&](const LinkLine& line) {
           return line.value.size() != 1 || is_dated(line.source) || is_dated(line.target);
         });
}

}  // namespace kosei::storage
