"""The people of a company that lives the days of a file: each module is one kind of work, done through the gateway.

`people` says who does it, `founding` opens the company, `day` puts the work of a day in order, `outcome` keeps what
became of each row and what was booked, `report` tells it all at the end. Nothing here knows a service's inside.
"""
