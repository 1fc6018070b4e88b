"""The chart of accounts (会计科目) for Chinese practice, and the accounts posting code names by role.

Codes and names follow the Accounting Standards for Business Enterprises (企业会计准则应用指南), with 合同负债 and
信用减值损失 as the later revenue and financial-instrument standards have them. Sub-accounts are Huotong's.
"""

from dataclasses import dataclass
from enum import StrEnum


class AccountClass(StrEnum):
    """What an account is, and by that where it goes."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True)
class Account:
    """An account: its code, names, class, the side it grows on, and the key of its statement line."""

    code: str
    zh: str
    en: str
    kind: AccountClass
    side: Side
    line: str


@dataclass(frozen=True)
class StatementLine:
    """A line of the balance sheet or of the profit and loss statement."""

    key: str
    zh: str
    en: str
    kind: AccountClass


_A, _L, _Q = AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY
_R, _E = AccountClass.REVENUE, AccountClass.EXPENSE

STATEMENT_LINES = tuple(
    StatementLine(*row)
    for row in (
        ("cash", "货币资金", "Cash and bank", _A),
        ("financial_assets", "交易性金融资产", "Trading financial assets", _A),
        ("notes_receivable", "应收票据", "Notes receivable", _A),
        ("receivables", "应收账款", "Accounts receivable", _A),
        ("prepayments", "预付款项", "Prepayments", _A),
        ("other_receivables", "其他应收款", "Other receivables", _A),
        ("inventories", "存货", "Inventories", _A),
        ("other_current_assets", "其他流动资产", "Other current assets", _A),
        ("fixed_assets", "固定资产", "Fixed assets", _A),
        ("intangible_assets", "无形资产", "Intangible assets", _A),
        ("short_term_loans", "短期借款", "Short-term loans", _L),
        ("notes_payable", "应付票据", "Notes payable", _L),
        ("payables", "应付账款", "Accounts payable", _L),
        ("contract_liabilities", "合同负债", "Contract liabilities", _L),
        ("payroll", "应付职工薪酬", "Payroll payable", _L),
        ("taxes_payable", "应交税费", "Taxes payable", _L),
        ("other_payables", "其他应付款", "Other payables", _L),
        ("long_term_loans", "长期借款", "Long-term loans", _L),
        ("paid_in_capital", "实收资本", "Paid-in capital", _Q),
        ("capital_reserve", "资本公积", "Capital reserve", _Q),
        ("surplus_reserve", "盈余公积", "Surplus reserve", _Q),
        ("retained_earnings", "未分配利润", "Retained earnings", _Q),
        ("revenue", "营业收入", "Operating revenue", _R),
        ("cost_of_sales", "营业成本", "Operating cost", _E),
        ("tax_surcharges", "税金及附加", "Taxes and surcharges", _E),
        ("selling_expenses", "销售费用", "Selling expenses", _E),
        ("administrative_expenses", "管理费用", "Administrative expenses", _E),
        ("financial_expenses", "财务费用", "Financial expenses", _E),
        ("investment_income", "投资收益", "Investment income", _R),
        ("credit_losses", "信用减值损失", "Credit impairment losses", _E),
        ("asset_losses", "资产减值损失", "Asset impairment losses", _E),
        ("other_income", "营业外收入", "Non-operating income", _R),
        ("other_expenses", "营业外支出", "Non-operating expenses", _E),
        ("income_tax", "所得税费用", "Income tax", _E),
    )
)

_KIND_OF = {line.key: line.kind for line in STATEMENT_LINES}
_CONTRA = {"1231", "1471", "1602", "1702"}


def _account(code: str, zh: str, en: str, line: str) -> Account:
    kind = _KIND_OF[line]
    grows_on_debit = (kind in (_A, _E)) != (code in _CONTRA)
    return Account(code, zh, en, kind, Side.DEBIT if grows_on_debit else Side.CREDIT, line)


CHART: dict[str, Account] = {
    row[0]: _account(*row)
    for row in (
        ("1001", "库存现金", "Cash on hand", "cash"),
        ("1002", "银行存款", "Bank deposits", "cash"),
        ("1012", "其他货币资金", "Other monetary funds", "cash"),
        ("1101", "交易性金融资产", "Trading financial assets", "financial_assets"),
        ("1121", "应收票据", "Notes receivable", "notes_receivable"),
        ("1122", "应收账款", "Accounts receivable", "receivables"),
        ("1123", "预付账款", "Prepayments to suppliers", "prepayments"),
        ("1221", "其他应收款", "Other receivables", "other_receivables"),
        ("1231", "坏账准备", "Allowance for bad debts", "receivables"),
        ("1402", "在途物资", "Goods in transit", "inventories"),
        ("1403", "原材料", "Raw materials", "inventories"),
        ("1404", "材料成本差异", "Materials cost variance", "inventories"),
        ("1405", "库存商品", "Merchandise inventory", "inventories"),
        ("1406", "发出商品", "Goods dispatched", "inventories"),
        ("1411", "周转材料", "Packaging and consumables", "inventories"),
        ("1471", "存货跌价准备", "Allowance for inventory write-down", "inventories"),
        ("1601", "固定资产", "Fixed assets", "fixed_assets"),
        ("1602", "累计折旧", "Accumulated depreciation", "fixed_assets"),
        ("1701", "无形资产", "Intangible assets", "intangible_assets"),
        ("1702", "累计摊销", "Accumulated amortisation", "intangible_assets"),
        ("1901", "待处理财产损溢", "Property losses and gains to be settled", "other_current_assets"),
        ("2001", "短期借款", "Short-term loans", "short_term_loans"),
        ("2201", "应付票据", "Notes payable", "notes_payable"),
        ("2202", "应付账款", "Accounts payable", "payables"),
        ("2202.01", "应付账款-供应商", "Payable to suppliers", "payables"),
        ("2202.02", "应付账款-暂估应付账款", "Accrual for goods received", "payables"),
        ("2203", "合同负债", "Contract liabilities (advances from customers)", "contract_liabilities"),
        ("2211", "应付职工薪酬", "Payroll payable", "payroll"),
        ("2221", "应交税费", "Taxes payable", "taxes_payable"),
        ("2221.01", "应交增值税", "VAT payable", "taxes_payable"),
        ("2221.01.01", "应交增值税-进项税额", "Input VAT", "taxes_payable"),
        ("2221.01.02", "应交增值税-销项税额", "Output VAT", "taxes_payable"),
        ("2221.01.03", "应交增值税-进项税额转出", "Input VAT transferred out", "taxes_payable"),
        ("2221.01.04", "应交增值税-已交税金", "VAT paid", "taxes_payable"),
        ("2221.01.05", "应交增值税-转出未交增值税", "Unpaid VAT transferred out", "taxes_payable"),
        ("2221.02", "未交增值税", "Unpaid VAT", "taxes_payable"),
        ("2221.03", "应交所得税", "Income tax payable", "taxes_payable"),
        ("2241", "其他应付款", "Other payables", "other_payables"),
        ("2501", "长期借款", "Long-term loans", "long_term_loans"),
        ("4001", "实收资本", "Paid-in capital", "paid_in_capital"),
        ("4002", "资本公积", "Capital reserve", "capital_reserve"),
        ("4101", "盈余公积", "Surplus reserve", "surplus_reserve"),
        ("4103", "本年利润", "Profit of the year", "retained_earnings"),
        ("4104", "利润分配", "Profit distribution", "retained_earnings"),
        ("4104.01", "利润分配-未分配利润", "Retained earnings", "retained_earnings"),
        ("4104.09", "利润分配-期初余额转入", "Opening balances brought in", "retained_earnings"),
        ("6001", "主营业务收入", "Sales revenue", "revenue"),
        ("6051", "其他业务收入", "Other operating revenue", "revenue"),
        ("6111", "投资收益", "Investment income", "investment_income"),
        ("6301", "营业外收入", "Non-operating income", "other_income"),
        ("6401", "主营业务成本", "Cost of sales", "cost_of_sales"),
        ("6401.01", "主营业务成本-商品销售成本", "Cost of goods sold", "cost_of_sales"),
        ("6401.02", "主营业务成本-采购价格差异", "Purchase price variance", "cost_of_sales"),
        ("6401.03", "主营业务成本-存货成本调整", "Inventory cost adjustments", "cost_of_sales"),
        ("6402", "其他业务成本", "Other operating cost", "cost_of_sales"),
        ("6403", "税金及附加", "Taxes and surcharges", "tax_surcharges"),
        ("6601", "销售费用", "Selling expenses", "selling_expenses"),
        ("6601.01", "销售费用-运输费", "Freight out", "selling_expenses"),
        ("6601.09", "销售费用-其他", "Other selling expenses", "selling_expenses"),
        ("6602", "管理费用", "Administrative expenses", "administrative_expenses"),
        ("6602.01", "管理费用-存货盘亏及毁损", "Inventory shortages and damage", "administrative_expenses"),
        ("6602.09", "管理费用-其他", "Other administrative expenses", "administrative_expenses"),
        ("6603", "财务费用", "Financial expenses", "financial_expenses"),
        ("6603.01", "财务费用-汇兑损益", "Exchange gains and losses", "financial_expenses"),
        ("6603.02", "财务费用-尾差", "Rounding differences", "financial_expenses"),
        ("6603.03", "财务费用-利息及手续费", "Interest and bank charges", "financial_expenses"),
        ("6701", "资产减值损失", "Asset impairment losses", "asset_losses"),
        ("6702", "信用减值损失", "Credit impairment losses (bad debts)", "credit_losses"),
        ("6711", "营业外支出", "Non-operating expenses", "other_expenses"),
        ("6801", "所得税费用", "Income tax", "income_tax"),
    )
}

CASH = "1001"
BANK = "1002"
RECEIVABLE = "1122"
PREPAYMENT = "1123"
BAD_DEBT_ALLOWANCE = "1231"
IN_TRANSIT = "1402"
INVENTORY = "1405"
DISPATCHED = "1406"
WRITE_DOWN_ALLOWANCE = "1471"
UNSETTLED_PROPERTY = "1901"
PAYABLE = "2202.01"
ACCRUAL = "2202.02"
CUSTOMER_ADVANCE = "2203"
INPUT_TAX = "2221.01.01"
OUTPUT_TAX = "2221.01.02"
CAPITAL = "4001"
PROFIT_OF_YEAR = "4103"
RETAINED_EARNINGS = "4104.01"
OPENING = "4104.09"
REVENUE = "6001"
OTHER_REVENUE = "6051"
COST_OF_SALES = "6401.01"
PRICE_VARIANCE = "6401.02"
COST_ADJUSTMENT = "6401.03"
FREIGHT_OUT = "6601.01"
SELLING_EXPENSE = "6601.09"
STOCK_LOSS = "6602.01"
ADMIN_EXPENSE = "6602.09"
EXCHANGE = "6603.01"
ROUNDING = "6603.02"
BANK_CHARGES = "6603.03"
BAD_DEBT_LOSS = "6702"
OTHER_EXPENSE = "6711"

# What the stock ledger is worth stands in these accounts, and nothing else does (acceptance M1).
STOCK_ACCOUNTS = (INVENTORY, IN_TRANSIT)

_PARENTS = {code.rpartition(".")[0] for code in CHART}


def postable(code: str) -> bool:
    """Whether entries may post to `code`: it is in the chart and has no sub-accounts."""
    return code in CHART and code not in _PARENTS
