"""F1 设置: what finance decides by."""
