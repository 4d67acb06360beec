/* commit.h - the one commit phase: what rooms do with a department's transaction before it ends. */
#ifndef CRM_COMMIT_H
#define CRM_COMMIT_H

/* What a room wants to be told; any may be NULL. Rooms are told in the order of registration. */
typedef struct crm_commit_room
{
	/* At the ticket's end, or earlier by SET CONSTRAINTS: may read, write, wait. Must not raise. */
	void (*drain)(void);
	/* Nothing of a user runs any more: write what is left. An error refuses the COMMIT. */
	void (*before_commit)(void);
	/* Memory only: a subtransaction has ended, what it held is the parent's or gone. */
	void (*subtransaction_end)(SubTransactionId mine, SubTransactionId parent, bool committed);
	/* Memory only: forget the transaction. */
	void (*end)(void);
} crm_commit_room;

extern void crm_commit_register(const crm_commit_room *room);

/*
 * Makes sure that the rooms' drain runs before this transaction ends. Not possible (then only
 * before_commit runs): inside REFRESH MATERIALIZED VIEW and its like, and in SERIALIZABLE, where
 * reading tables of crm could fail the department's commit.
 */
extern void crm_commit_buy_ticket(void);

/* Whether the transaction ends in PREPARE: locks taken now would stay until COMMIT PREPARED. */
extern bool crm_commit_is_prepare(void);

extern void crm_commit_init(void);

#endif
