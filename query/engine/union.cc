#include "engine/union.h"

#include <utility>

namespace kosei::query {
namespace {

using language::Datum;

class UnionPipe final : public Pipe {
 public:
  UnionPipe(const std::vector<UnionPart>& parts, const std::vector<std::uint32_t>& slots, Run& run,
            Pipe& next)
      : run_(run), next_(next) {
    for (const UnionPart& part : parts)
      parts_.push_back(std::make_unique<Part>(part, slots, run, next));
  }
  bool Push(Datum* row) override {
    for (const std::unique_ptr<Part>& part : parts_) {
      part->end.more = true;
      part->pipeline.Push(row);
      if (!run_.failed()) part->pipeline.Finish(row);
      if (run_.failed() || !part->end.more) return false;
    }
    return true;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  struct End final : Pipe {
    End(const UnionPart& of, const std::vector<std::uint32_t>& slots, Pipe& next)
        : part(of), to(slots), behind(next) {}
    bool Push(Datum* row) override {
      for (std::size_t i = 0; i < to.size(); ++i) row[to[i]] = row[part.slots[i]];
      return more = behind.Push(row);
    }
    bool Finish(Datum*) override { return true; }
    const UnionPart& part;
    const std::vector<std::uint32_t>& to;
    Pipe& behind;
    bool more = true;
  };
  struct Part {
    Part(const UnionPart& of, const std::vector<std::uint32_t>& slots, Run& run, Pipe& next)
        : end(of, slots, next), pipeline(of.last.get(), run, end) {}
    End end;
    Pipeline pipeline;
  };

  Run& run_;
  Pipe& next_;
  std::vector<std::unique_ptr<Part>> parts_;
};

class Union final : public Operator {
 public:
  Union(std::vector<UnionPart> parts, std::vector<std::uint32_t> slots)
      : Operator(nullptr), parts_(std::move(parts)), slots_(std::move(slots)) {
    for (const UnionPart& part : parts_) AddInner(part.last.get());
  }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<UnionPipe>(parts_, slots_, run, next);
  }
  std::string_view name() const override { return "Union"; }
  std::vector<const Operator*> inner() const override {
    std::vector<const Operator*> inner;
    for (const UnionPart& part : parts_) inner.push_back(part.last.get());
    return inner;
  }

 private:
  const std::vector<UnionPart> parts_;
  const std::vector<std::uint32_t> slots_;
};

}  // namespace

OperatorPtr MakeUnion(std::vector<UnionPart> parts, std::vector<std::uint32_t> slots) {
  return std::make_unique<Union>(std::move(parts), std::move(slots));
}

}  // namespace kosei::query
