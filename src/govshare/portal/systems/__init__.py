"""业务系统: a department's information systems that call the platform with certificates of their own (CD2016-35)."""
