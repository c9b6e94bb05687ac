// Values as text: interpolation and what stands in it.
#include <fmt/format.h>

#include "compiler/ir/lowering.h"

namespace mig::ir {

NodeId Lowering::as_text(NodeId value, Span span) {
  const TypeId own = out_.nodes[value].type;
  const Type& what = type(own);
  switch (what.kind) {
    case Kind::kString:
    case Kind::kPosition: return value;
    case Kind::kInt: return call("int_to_text", text_type(), {value});
    case Kind::kDecimal: return call("decimal_to_text", text_type(), {value, number(what.scale)});
    case Kind::kBool: return call("bool_to_text", text_type(), {value});
    case Kind::kDate: return call("date_to_text", text_type(), {value});
    case Kind::kTime: return call("time_to_text", text_type(), {value});
    case Kind::kDatetime: return call("datetime_to_text", text_type(), {value});
    case Kind::kZoned: return call("zoned_to_text", text_type(), {value});
    case Kind::kTimestamp: return call("timestamp_to_text", text_type(), {value});
    case Kind::kUuid: return call("uuid_to_text", text_type(), {value});
    case Kind::kFloat: return call("real_to_text", text_type(), {value});
    case Kind::kScalar: return call("scalar_to_text", text_type(), {value});
    case Kind::kEnum: {
      std::vector<SwitchCase> cases;
      const EnumType& variants = out_.enums[what.declaration];
      for (size_t i = 0; i < variants.variants.size(); ++i) cases.push_back({static_cast<int64_t>(i), text(variants.variants[i].wire)});
      return make_switch(text_type(), value, cases, kNone);
    }
    case Kind::kDuration: return call("duration_to_text", text_type(), {value});
    case Kind::kPeriod: return call("period_to_text", text_type(), {value});
    case Kind::kJson: return value;
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: break;
  }
  return unsupported(span, fmt::format("{} inside a text", out_.types.text(own)));
}

NodeId Lowering::interpolated(ExprRef ref, const syntax::InterpolatedExpr& expr) {
  std::vector<NodeId> pieces;
  for (const syntax::InterpolatedPiece& piece : expr.pieces) {
    if (piece.hole.valid()) {
      pieces.push_back(as_text(expression(at(ref, piece.hole)), tree(at(ref, piece.hole)).span));
    } else if (!piece.text.empty()) {
      pieces.push_back(text(piece.text));
    }
  }
  if (pieces.empty()) return text("");
  if (pieces.size() == 1) return pieces[0];
  return call("text_concat", text_type(), {make_with(Op::kMakeList, out_.types.list(text_type()), pieces)});
}

}  // namespace mig::ir
