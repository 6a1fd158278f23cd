// LogWalk: the records of RocksDB's log format (its log of writes, its list of files), found
// without RocksDB, to say where such a file is damaged and where its last whole record ends.
//
// A file is blocks of 32 KiB. A record never crosses a block; what is longer lies in several
// fragments. Before each: masked CRC-32C u32, length u16, type u8 (and, of recycled files, the
// log's number u32). What is left of a block after a fragment, less than a header, is zero.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kosei::storage {

class LogWalk {
 public:
  static constexpr std::size_t kBlock = std::size_t{32} << 10;
  static constexpr std::size_t kHeader = 7;

  // The next whole block, or the last one, which may be shorter.
  void Add(std::string_view block);

  std::uint64_t records() const { return records_; }  // whole ones
  std::uint64_t end() const { return end_; }          // of the last whole record
  std::uint64_t size() const { return size_; }        // of what was added
  // Why the walk ended: bytes that are no record. Empty: there are none, and what follows end() is
  // the beginning of a record that is not there wholly, or nothing.
  const std::string& fault() const { return fault_; }

 private:
  // Returns the bytes of the fragment, 0 at the end of what is sound.
  std::size_t Take(std::string_view rest, std::uint64_t at, bool last_block);
  bool Fits(std::uint8_t kind);

  std::uint64_t records_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t size_ = 0;
  std::string fault_;
  bool within_record_ = false;
  bool ended_ = false;
};

}  // namespace kosei::storage
