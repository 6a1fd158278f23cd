#include <utility>

#include "engine/expand.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using language::NodeRef;

class PathPipe final : public Pipe {
 public:
  PathPipe(const std::vector<std::uint32_t>& nodes, const std::vector<std::uint32_t>& links,
           std::uint32_t slot, Run& run, Pipe& next)
      : nodes_(nodes), links_(links), slot_(slot), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    if (!run_.Step()) return false;
    language::PathValue path;
    path.nodes.push_back(row[nodes_[0]].node());
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const Datum& link = row[links_[i]];
      if (link.kind() == DatumKind::kRelationship) {
        Add(link.relationship(), path);
      } else if (link.kind() == DatumKind::kList) {
        for (const Datum& each : link.list()) Add(each.relationship(), path);
      }
    }
    row[slot_] = Datum::Path(std::move(path));
    return next_.Push(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  static void Add(LinkRef link, language::PathValue& path) {
    const NodeRef from = path.nodes.back();
    const std::uint32_t other = link.source == from.record.value ? link.target : link.source;
    path.links.push_back(link);
    path.nodes.push_back({RecordId{other}, from.moment});
  }

  const std::vector<std::uint32_t>& nodes_;
  const std::vector<std::uint32_t>& links_;
  const std::uint32_t slot_;
  Run& run_;
  Pipe& next_;
};

class PathOf final : public Operator {
 public:
  PathOf(OperatorPtr input, std::vector<std::uint32_t> nodes, std::vector<std::uint32_t> links,
         std::uint32_t slot, std::string text)
      : Operator(std::move(input)),
        nodes_(std::move(nodes)),
        links_(std::move(links)),
        slot_(slot),
        text_(std::move(text)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<PathPipe>(nodes_, links_, slot_, run, next);
  }
  std::string_view name() const override { return "Path"; }
  std::string details() const override { return text_; }

 private:
  const std::vector<std::uint32_t> nodes_;
  const std::vector<std::uint32_t> links_;
  const std::uint32_t slot_;
  const std::string text_;
};

}  // namespace

OperatorPtr MakePathOf(OperatorPtr input, std::vector<std::uint32_t> nodes,
                       std::vector<std::uint32_t> links, std::uint32_t slot, std::string text) {
  return std::make_unique<PathOf>(std::move(input), std::move(nodes), std::move(links), slot,
                                  std::move(text));
}

}  // namespace kosei::query
