// What a model says about impact, against a real server: how it is shown, changed, and asked of
// records.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ImpactModel : public Terminal {
 protected:
  // The model as the server tells it, with one text replaced.
  std::string Edited(const std::string& from, const std::string& to) {
    std::string text = Out({"model", "text"});
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return Put("model.yaml", text);
  }
};

TEST_F(ImpactModel, ARecordHasAGateInCanonicalText) {
  Out({"set", "shop", "--class", "BusinessService", "impact_gate= all( runs_on,any(powered_by) )"});
  EXPECT_EQ(Json(Out({"get", "shop"})).Text("/attributes/impact_gate"),
            "all(runs_on, any(powered_by))");
  const Outcome unknown = Kosei({"set", "shop", "impact_gate=any(powerd_by)"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.notes,
              HasSubstr("attribute impact_gate: gate, column 5: unknown relationship type "
                        "\"powerd_by\"; did you mean \"powered_by\"?"));
  const Outcome broken = Kosei({"set", "shop", "impact_gate=any(powered_by"});
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.notes, HasSubstr("gate, column 15: found the end, expected a comma"));
  EXPECT_EQ(Json(Out({"get", "shop"})).Text("/attributes/impact_gate"),
            "all(runs_on, any(powered_by))");
}

TEST_F(ImpactModel, IsShownWithTheModel) {
  const Json cluster(Out({"model", "Cluster"}));
  EXPECT_EQ(cluster.Text("/gate"), "at_least(min_members, member_of)");
  EXPECT_EQ(cluster.Text("/out_of_service/attribute"), "status") << "inherited";
  EXPECT_EQ(Json(Out({"model", "BusinessService"})).Text("/role"), "service") << "inherited";
  EXPECT_EQ(Json(Out({"model"})).Text("/impact_contexts/0/name"), "down");
  const std::string table = Out({"model", "--output", "table"});
  EXPECT_THAT(table, HasSubstr("any -> Cluster: source_to_target"));
  EXPECT_THAT(table, HasSubstr("operational_status down"));
  EXPECT_THAT(Out({"model", "Cluster", "--output", "table"}),
              HasSubstr("gate at_least(min_members, member_of)"));
}

TEST_F(ImpactModel, AChangeThatARecordsGateWouldNotOutliveIsRefused) {
  Out({"set", "shop", "--class", "BusinessService", "impact_gate=any(uses)"});
  const std::string model = Edited("name: \"uses\"\n", "name: \"consumes\"\n");
  const Outcome refused = Kosei({"model", "apply", model, "--output", "csv"});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.out, HasSubstr("shop,BusinessService,impact_gate,any(uses),"));
  EXPECT_THAT(refused.out, HasSubstr("unknown relationship type"));
  const std::string renamed =
      Edited("name: \"uses\"\n", "name: \"consumes\"\n    renamed_from: uses\n");
  EXPECT_EQ(Json(Out({"model", "apply", renamed})).Text("/outcome"), "applied");
  Out({"set", "shop", "criticality=high"});
}

TEST_F(ImpactModel, AChangeOfAGateIsNamed) {
  const std::string model =
      Edited("gate: \"at_least(min_members, member_of)\"", "gate: \"any(member_of)\"");
  const Json applied(Out({"model", "apply", model}));
  EXPECT_EQ(applied.Text("/changes/0/subject"), "class Cluster");
  EXPECT_EQ(applied.Text("/changes/0/detail"),
            "gate at_least(min_members, member_of) -> any(member_of)");
  EXPECT_EQ(applied.Text("/changes/0/safety"), "safe");
  EXPECT_THAT(Out({"model", "text"}), Not(HasSubstr("at_least(min_members")));
}

}  // namespace
}  // namespace kosei::cli
