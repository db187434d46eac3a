"""The requests about points, each with its function; the functions are in the modules beside this one."""

from typing import Any

from protocol.messages import points
from store_server.points import counter, gifts, rule_list, slip, statement, trial, warnings
from store_server.points.memberships import REACTIONS

__all__ = ["HANDLERS", "REACTIONS"]

HANDLERS: dict[type[Any], Any] = {
    points.ListPointsRules: rule_list.list_points_rules,
    points.SavePointsRule: rule_list.save_points_rule,
    points.TryPointsRules: trial.try_points_rules,
    points.GetPointsStatement: statement.get_points_statement,
    points.PrintPointsStatement: slip.print_points_statement,
    points.AdjustPoints: counter.adjust_points,
    points.CheckInMember: counter.check_in_member,
    points.CashOutPoints: counter.cash_out_points,
    points.ListGifts: gifts.list_gifts,
    points.SaveGift: gifts.save_gift,
    points.RedeemGift: gifts.redeem_gift,
    points.ListPointsWarnings: warnings.list_points_warnings,
}
