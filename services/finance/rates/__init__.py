"""F7 ① 税率、汇率: tax rates and exchange rates, each from a day on."""
