/* identity_job.h - inside the room identity: how far long work is, for crm.progress. */
#ifndef CRM_IDENTITY_JOB_H
#define CRM_IDENTITY_JOB_H

/* SPI connected. total < 0: not known. */
extern int64 crm_job_start(const char *kind, const char *phase, int64 total);
extern void crm_job_update(int64 job_id, const char *phase, int64 done, int64 total);
extern void crm_job_finish(int64 job_id, int64 done);

/* To be called however the work ends, also on an error; nothing happens if it never began. */
extern void crm_job_leave(int64 job_id);

#endif
