// Written by scripts/api-types.mjs from openapi.json; do not edit.

export interface paths {
    "/api/v1/admin/feedbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Feedbacks
         * @description Everybody's feedback, newest first; `resolved` asks for one kind only.
         */
        get: operations["get_feedbacks_api_v1_admin_feedbacks_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/feedbacks/{feedback_id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Patch Resolve
         * @description Note that feedback was dealt with; the first time stays.
         */
        patch: operations["patch_resolve_api_v1_admin_feedbacks__feedback_id__resolve_patch"];
        trace?: never;
    };
    "/api/v1/admin/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Login
         * @description A token of the administrator for the password.
         */
        post: operations["post_login_api_v1_admin_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Overview
         * @description Everybody together; days are those of Asia/Shanghai.
         */
        get: operations["get_overview_api_v1_admin_overview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tasks
         * @description Everybody's tasks, newest first.
         */
        get: operations["get_tasks_api_v1_admin_tasks_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Users
         * @description The accounts, newest first.
         */
        get: operations["get_users_api_v1_admin_users_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Keys
         * @description The caller's keys; secrets are never shown again.
         */
        get: operations["get_keys_api_v1_api_keys_get"];
        put?: never;
        /**
         * Post Key
         * @description Make a key. Its secret is in this answer and nowhere else.
         */
        post: operations["post_key_api_v1_api_keys_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Key
         * @description Revoke a key at once.
         */
        delete: operations["delete_key_api_v1_api_keys__key_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Rotate
         * @description Give a key a new secret; the one before it counts for the grace time.
         */
        post: operations["post_rotate_api_v1_api_keys__key_id__rotate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Logout
         * @description End every token of the caller that was issued until now, on all devices.
         */
        post: operations["post_logout_api_v1_auth_logout_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Me
         * @description The caller.
         */
        get: operations["get_me_api_v1_auth_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Refresh
         * @description A new access token for a refresh token.
         */
        post: operations["post_refresh_api_v1_auth_refresh_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/send-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Send Code
         * @description Send a code to an e-mail address. A slow mail server keeps nobody else waiting.
         */
        post: operations["post_send_code_api_v1_auth_send_code_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Verify Code
         * @description Log in with the code; the first time the user is made.
         */
        post: operations["post_verify_code_api_v1_auth_verify_code_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auto_backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Auto Backtest
         * @description Submit a factor test; the task is stored before this answers.
         */
        post: operations["post_auto_backtest_api_v1_auto_backtest_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Compare
         * @description Finished runs on the sessions that all of them saw: figures, how sure the differences are, curves, a verdict.
         */
        get: operations["get_compare_api_v1_compare_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compare/correlation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Correlation
         * @description How alike the factor values of some runs are, as far as it was asked for.
         */
        get: operations["get_correlation_api_v1_compare_correlation_get"];
        put?: never;
        /**
         * Post Correlation
         * @description Ask how alike the factor values of some runs are; asking again shows the same job or its result.
         */
        post: operations["post_correlation_api_v1_compare_correlation_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Bars
         * @description Bars of a pair as they are now.
         */
        get: operations["get_bars_api_v1_crypto_bars_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Check
         * @description What would be said of a configuration; nothing is started.
         */
        post: operations["post_check_api_v1_crypto_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Jobs
         * @description The caller's jobs, newest first, from whichever door they came.
         */
        get: operations["get_jobs_api_v1_crypto_jobs_get"];
        put?: never;
        /**
         * Post Job
         * @description Submit a backtest; the job is stored before this answers.
         */
        post: operations["post_job_api_v1_crypto_jobs_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/jobs/{crypto_job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job
         * @description One job, with its whole result once it is done.
         */
        get: operations["get_job_api_v1_crypto_jobs__crypto_job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/jobs/{crypto_job_id}/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job Bars
         * @description Bars of one of a job's pairs, of the data that it was run on; without a span those of its window.
         */
        get: operations["get_job_bars_api_v1_crypto_jobs__crypto_job_id__bars_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/jobs/{crypto_job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Cancel
         * @description End an unfinished job.
         */
        post: operations["post_cancel_api_v1_crypto_jobs__crypto_job_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/jobs/{crypto_job_id}/details": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Details
         * @description What is known of a job beside the documented object.
         */
        get: operations["get_details_api_v1_crypto_jobs__crypto_job_id__details_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Market
         * @description The pairs that there are bars of, and since when.
         */
        get: operations["get_market_api_v1_crypto_market_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/crypto/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Templates
         * @description The strategy templates with the schemas of their parameters.
         */
        get: operations["get_templates_api_v1_crypto_templates_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/expressions/describe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Describe
         * @description How an expression reads, in lines, in words and in the other dialect, what is like it, and how it differs from
         *     another one.
         */
        post: operations["post_describe_api_v1_expressions_describe_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/expressions/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Validate
         * @description What an expression means, or where it is wrong.
         */
        post: operations["post_validate_api_v1_expressions_validate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Factors
         * @description The caller's factors, newest first.
         */
        get: operations["get_factors_api_v1_factors_get"];
        put?: never;
        /**
         * Post Factor
         * @description Keep a factor.
         */
        post: operations["post_factor_api_v1_factors_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/factors/{factor_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Factor
         * @description Forget a factor.
         */
        delete: operations["delete_factor_api_v1_factors__factor_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Feedback
         * @description Tell us what is wrong. It is stored whether or not it can be passed on.
         */
        post: operations["post_feedback_api_v1_feedback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback-screenshots/{feedback_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Screenshot
         * @description The screenshot of a piece of feedback. Its id cannot be guessed, and is all that is needed.
         */
        get: operations["get_screenshot_api_v1_feedback_screenshots__feedback_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Health
         * @description Alive. Waits for nothing; the counts are at most a few seconds old.
         */
        get: operations["get_health_api_v1_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ready
         * @description Ready: database, market data and a worker are there. `notes` say what else is set up.
         */
        get: operations["get_ready_api_v1_health_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Imports
         * @description Every import of the last day, newest first, and what may be sent.
         */
        get: operations["get_imports_api_v1_imports_get"];
        put?: never;
        /**
         * Post Import
         * @description Files for a market. They are looked at by a job; nothing of the market changes before the commit.
         */
        post: operations["post_import_api_v1_imports_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Import
         * @description One import: how far it is, its preview, its outcome.
         */
        get: operations["get_import_api_v1_imports__import_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Import
         * @description Forget an import that is not being written.
         */
        delete: operations["delete_import_api_v1_imports__import_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{import_id}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Commit
         * @description Have it written, whole or not at all; twice is the same as once.
         */
        post: operations["post_commit_api_v1_imports__import_id__commit_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{import_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Preview
         * @description Compare the files with the market as it is now.
         */
        post: operations["post_preview_api_v1_imports__import_id__preview_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/unfinished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Unfinished
         * @description Tasks, tests of libraries and correlations of the caller that wait or run.
         */
        get: operations["get_unfinished_api_v1_jobs_unfinished_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Cancel Job
         * @description End an unfinished job of the caller, of whatever kind; one that has ended stays as it ended.
         */
        post: operations["post_cancel_job_api_v1_jobs__job_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/libraries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Libraries
         * @description The factor libraries.
         */
        get: operations["get_libraries_api_v1_libraries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/libraries/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Library
         * @description One library: its factors that hold every word of `query`, and which of them `market` has the fields for.
         */
        get: operations["get_library_api_v1_libraries__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/libraries/{name}/tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Library Test
         * @description Test factors of a library as one job.
         */
        post: operations["post_library_test_api_v1_libraries__name__tests_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/library-tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Library Tests
         * @description The caller's tests of libraries, newest first.
         */
        get: operations["get_library_tests_api_v1_library_tests_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/library-tests/{test_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Library Test
         * @description One test with the rows that are done.
         */
        get: operations["get_library_test_api_v1_library_tests__test_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/library-tests/{test_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Cancel Library Test
         * @description End an unfinished test.
         */
        post: operations["post_cancel_library_test_api_v1_library_tests__test_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Market
         * @description Facts of the default market, or of a named one.
         */
        get: operations["get_market_api_v1_market_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Markets
         * @description Every market, the default one first.
         */
        get: operations["get_markets_api_v1_markets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/bars/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Bars
         * @description Bars of one name as columns; without a range the last 250 sessions.
         */
        get: operations["get_bars_api_v1_markets__market__bars__code__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Coverage
         * @description How much of each item is known, year by year, and what that touches.
         */
        get: operations["get_coverage_api_v1_markets__market__coverage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Health
         * @description Every check with what it found; nothing is read that the store has not opened anyway.
         */
        get: operations["get_health_api_v1_markets__market__health_get"];
        put?: never;
        /**
         * Post Health
         * @description Read every file of the market and hold it against its hash, then every check; at most once in ten minutes.
         */
        post: operations["post_health_api_v1_markets__market__health_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/instruments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Instruments
         * @description Stocks and indices by code or name, the best match first.
         */
        get: operations["get_instruments_api_v1_markets__market__instruments_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Rollback
         * @description Go back to the snapshot before the one named, if that is still the current one.
         */
        post: operations["post_rollback_api_v1_markets__market__rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Snapshots
         * @description The snapshots of a market that are kept, newest first.
         */
        get: operations["get_snapshots_api_v1_markets__market__snapshots_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/universes/{universe}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get History
         * @description Every session on which the members of a universe changed.
         */
        get: operations["get_history_api_v1_markets__market__universes__universe__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/universes/{universe}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Members
         * @description The members of a universe on a day.
         */
        get: operations["get_members_api_v1_markets__market__universes__universe__members_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{market}/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Updates
         * @description The latest updates of a market, newest first.
         */
        get: operations["get_updates_api_v1_markets__market__updates_get"];
        put?: never;
        /**
         * Post Update
         * @description Ask a source for what a market lacks, and write it if wanted.
         */
        post: operations["post_update_api_v1_markets__market__updates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Operators
         * @description Operators, fields and special variables, in our words or in Qlib's.
         */
        get: operations["get_operators_api_v1_operators_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/q-values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Task Q Values
         * @description q-values of tasks, as members of everything that the caller tried on their universe and span.
         */
        get: operations["get_task_q_values_api_v1_q_values_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{filename}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Report
         * @description The HTML report of a task; one that was purged is made again first.
         */
        get: operations["get_report_api_v1_reports__filename__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{filename}/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Report Ticket
         * @description A ticket for a report.
         */
        post: operations["post_report_ticket_api_v1_reports__filename__ticket_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Sessions
         * @description The caller's sessions, the one changed last first.
         */
        get: operations["get_sessions_api_v1_sessions_get"];
        put?: never;
        /**
         * Post Session
         * @description Make a session; one without a name is named by its first finished task.
         */
        post: operations["post_session_api_v1_sessions_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Session
         * @description Delete a session with its tasks; what runs is stopped first.
         */
        delete: operations["delete_session_api_v1_sessions__session_id__delete"];
        options?: never;
        head?: never;
        /**
         * Patch Session
         * @description Rename a session.
         */
        patch: operations["patch_session_api_v1_sessions__session_id__patch"];
        trace?: never;
    };
    "/api/v1/sessions/{session_id}/q-values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Session Q Values
         * @description q-values of the finished tests of a session, as members of everything tried in it.
         */
        get: operations["get_session_q_values_api_v1_sessions__session_id__q_values_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Sources
         * @description Every source and what its last test found.
         */
        get: operations["get_sources_api_v1_sources_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources/{source}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Test
         * @description Try a source step by step; answers within about five seconds.
         */
        post: operations["post_test_api_v1_sources__source__test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get System
         * @description Version, uptime, queue, processors, memory, disk.
         */
        get: operations["get_system_api_v1_system_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tasks
         * @description The caller's tasks, newest first; `brief` shows only the key figures of each result, `q_values` what each is
         *     worth after everything that was tried on its universe and span.
         */
        get: operations["get_tasks_api_v1_tasks_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Task
         * @description One task.
         */
        get: operations["get_task_api_v1_tasks__task_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Cancel
         * @description End an unfinished task.
         */
        post: operations["post_cancel_api_v1_tasks__task_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/days/{date}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Day
         * @description What a finished run held, traded and could not trade on one session.
         */
        get: operations["get_day_api_v1_tasks__task_id__days__date__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Explanation
         * @description What the result says, sentence by sentence, each with the values that it is made of.
         */
        get: operations["get_explanation_api_v1_tasks__task_id__explanation_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/insights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Insights
         * @description The newest answer.
         */
        get: operations["get_insights_api_v1_tasks__task_id__insights_get"];
        put?: never;
        /**
         * Post Insights
         * @description Ask what a finished task's factor adds to the library, what of it is style, and which factors are like it.
         */
        post: operations["post_insights_api_v1_tasks__task_id__insights_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/iterate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Iterate
         * @description Ask for candidates that improve a finished task; the task is stored before this answers.
         */
        post: operations["post_iterate_api_v1_tasks__task_id__iterate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Lineage
         * @description Where a task comes from and what grew from it.
         */
        get: operations["get_lineage_api_v1_tasks__task_id__lineage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/openings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Openings
         * @description Who looked at the sealed slice of the task's lineage, and what the one opening showed.
         */
        get: operations["get_openings_api_v1_tasks__task_id__openings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/sealed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Sealed
         * @description Where the sealed slice of a run stands; once it was opened, the figures before and after and the curve of the slice.
         */
        get: operations["get_sealed_api_v1_tasks__task_id__sealed_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/select_candidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Select Candidate
         * @description Choose a candidate; the first choice of a lineage opens its sealed slice.
         */
        post: operations["post_select_candidate_api_v1_tasks__task_id__select_candidate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/series/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Series
         * @description One series of a finished task, or of a candidate of a finished iteration.
         */
        get: operations["get_series_api_v1_tasks__task_id__series__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/sse-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Stream Ticket
         * @description A ticket for the event stream of a task.
         */
        post: operations["post_stream_ticket_api_v1_tasks__task_id__sse_ticket_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Stream
         * @description Follow a task: `update` events with the whole task, then `done`.
         */
        get: operations["get_stream_api_v1_tasks__task_id__stream_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trials
         * @description What the caller has tried, newest first.
         */
        get: operations["get_trials_api_v1_trials_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Summary
         * @description How much the caller has tried on each universe and span, and what that does to the best of it.
         */
        get: operations["get_summary_api_v1_trials_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/universes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Universes
         * @description Universes and benchmarks.
         */
        get: operations["get_universes_api_v1_universes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/updates/{update_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Update
         * @description One update: how far it is, what it changed or would change.
         */
        get: operations["get_update_api_v1_updates__update_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Update
         * @description Stop an update; whole parts that are written stay.
         */
        delete: operations["delete_update_api_v1_updates__update_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accepted
         * @description The answer to a submission.
         */
        Accepted: {
            /** Status */
            status: string;
            /** Task Id */
            task_id: string;
        };
        /**
         * AccessToken
         * @description A new access token.
         */
        AccessToken: {
            /** Access Token */
            access_token: string;
            /**
             * Token Type
             * @default bearer
             */
            token_type: string;
        };
        /**
         * AdminFeedback
         * @description One piece of feedback.
         */
        AdminFeedback: {
            /** Created At */
            created_at: string;
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Page Url */
            page_url: string | null;
            /** Resolved */
            resolved: boolean;
            /** Resolved At */
            resolved_at: string | null;
            /** Screenshot Path */
            screenshot_path: string | null;
            /** Screenshot Url */
            screenshot_url: string | null;
            /** Task Id */
            task_id: string | null;
            /** User Agent */
            user_agent: string | null;
            /** User Email */
            user_email: string;
            /** User Id */
            user_id: string;
            /** Webhook Sent */
            webhook_sent: boolean;
        };
        /**
         * AdminFeedbacks
         * @description A page of feedback, newest first.
         */
        AdminFeedbacks: {
            /** Feedbacks */
            feedbacks: components["schemas"]["AdminFeedback"][];
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Total */
            total: number;
        };
        /**
         * AdminTask
         * @description One task of anybody.
         */
        AdminTask: {
            /** Created At */
            created_at: string;
            /** Error */
            error: string | null;
            /** Expression */
            expression: string | null;
            /** Id */
            id: string;
            /** Status */
            status: string;
            /**
             * Task Type
             * @enum {string}
             */
            task_type: "backtest" | "iteration";
            /** User Email */
            user_email: string;
            /** User Id */
            user_id: string;
        };
        /**
         * AdminTasks
         * @description A page of tasks, newest first.
         */
        AdminTasks: {
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Tasks */
            tasks: components["schemas"]["AdminTask"][];
            /** Total */
            total: number;
        };
        /**
         * AdminToken
         * @description A token for the administration.
         */
        AdminToken: {
            /** Token */
            token: string;
        };
        /**
         * AdminUser
         * @description One account.
         */
        AdminUser: {
            /** Created At */
            created_at: string;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Is Active */
            is_active: boolean;
            /** Last Login At */
            last_login_at: string | null;
            /** Nickname */
            nickname: string | null;
            /** Task Count */
            task_count: number;
        };
        /**
         * AdminUsers
         * @description A page of accounts, newest first.
         */
        AdminUsers: {
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Total */
            total: number;
            /** Users */
            users: components["schemas"]["AdminUser"][];
        };
        /**
         * Alignment
         * @description The sessions that all runs saw.
         */
        Alignment: {
            /** En */
            en: string;
            /** First Day */
            first_day: string | null;
            /** Ic Days */
            ic_days: number;
            /** Last Day */
            last_day: string | null;
            /** Sessions */
            sessions: number;
            /**
             * State
             * @enum {string}
             */
            state: "same" | "trimmed" | "none";
            /** Zh */
            zh: string;
        };
        /**
         * ApiKey
         * @description A key of the signed interface. No scopes: it may do everything.
         */
        ApiKey: {
            /** Created At */
            created_at: string;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Revoked At */
            revoked_at: string | null;
            /**
             * Rotated Until
             * @description until then the secret before this one still counts
             */
            rotated_until: string | null;
            /** Scopes */
            scopes: string[];
        };
        /**
         * ApiKeySecret
         * @description A key with its secret, which is shown this once.
         */
        ApiKeySecret: {
            key: components["schemas"]["ApiKey"];
            /** Secret */
            secret: string;
        };
        /**
         * ApiKeys
         * @description The caller's keys, and the scopes that a key can be given.
         */
        ApiKeys: {
            /** Keys */
            keys: components["schemas"]["ApiKey"][];
            /** Scopes */
            scopes: string[];
        };
        /**
         * BacktestBody
         * @description POST /auto_backtest.
         * @example {
         *       "end_date": "2025-12-31",
         *       "prompt": "rank(close/ts_mean(close, 20))",
         *       "start_date": "2023-01-01",
         *       "universe": "hs300"
         *     }
         */
        BacktestBody: {
            /**
             * Benchmark
             * @description 基准
             * @default hs300
             */
            benchmark: string;
            /**
             * End Date
             * @description 结束日期 YYYY-MM-DD
             * @default 2025-12-31
             */
            end_date: string;
            /**
             * Holding Period
             * @description 持仓周期 1~60 交易日
             * @default 5
             */
            holding_period: number;
            /**
             * N Groups
             * @description 分组数量 2~20
             * @default 5
             */
            n_groups: number;
            /** @description 可选设置 */
            options?: components["schemas"]["OptionsBody"] | null;
            /**
             * Prompt
             * @description 自然语言描述或因子表达式
             */
            prompt: string;
            /**
             * Session Id
             * @description 关联会话
             */
            session_id?: string | null;
            /**
             * Start Date
             * @description 起始日期 YYYY-MM-DD
             * @default 2023-01-01
             */
            start_date: string;
            /**
             * Universe
             * @description 股票池
             * @default hs300
             */
            universe: string;
        };
        /**
         * BarColumns
         * @description Bars as columns of one length; null where nothing is known or nothing was traded.
         */
        BarColumns: {
            /**
             * Amount
             * @description yuan
             */
            amount: (number | null)[];
            /**
             * At Limit
             * @description 1: closed at the upper limit, -1: at the lower one
             */
            at_limit: number[];
            /**
             * Change
             * @description a fraction
             */
            change: (number | null)[];
            /** Close */
            close: (number | null)[];
            /** Day */
            day: string[];
            /** High */
            high: (number | null)[];
            /** Limit Down */
            limit_down: (number | null)[];
            /** Limit Up */
            limit_up: (number | null)[];
            /** Low */
            low: (number | null)[];
            /** Missing */
            missing: boolean[];
            /** Open */
            open: (number | null)[];
            /** Pre Close */
            pre_close: (number | null)[];
            /** Sessions */
            sessions: number[];
            /** St */
            st: (boolean | null)[];
            /** Suspended */
            suspended: boolean[];
            /**
             * Turn
             * @description per cent
             */
            turn: (number | null)[];
            /**
             * Volume
             * @description shares, as traded
             */
            volume: (number | null)[];
        };
        /**
         * BarsOfName
         * @description Bars of one name.
         */
        BarsOfName: {
            /**
             * Adjust
             * @enum {string}
             */
            adjust: "none" | "forward";
            /** Anchor */
            anchor: string | null;
            /** Code */
            code: string;
            columns: components["schemas"]["BarColumns"];
            /** Count */
            count: number;
            /** End */
            end: string;
            /** First Day */
            first_day: string;
            /**
             * Freq
             * @enum {string}
             */
            freq: "1d" | "1w" | "1mo";
            /**
             * Kind
             * @enum {string}
             */
            kind: "stock" | "index";
            /** Last Day */
            last_day: string;
            /** Market */
            market: string;
            /** Name */
            name: string;
            /** Notices */
            notices: components["schemas"]["quantgpt__faces__rest__market_shapes__Notice"][];
            /** Snapshot */
            snapshot: string;
            /** Start */
            start: string;
            /** Synthetic */
            synthetic: boolean;
        };
        /**
         * BlockedOrder
         * @description One order that the market did not let through.
         */
        BlockedOrder: {
            /** Code */
            code: string;
            /** Name */
            name: string | null;
            /** Reason */
            reason: string;
            /** Rule */
            rule: string;
            /** Rule En */
            rule_en: string;
            /**
             * Side
             * @enum {string}
             */
            side: "buy" | "sell";
        };
        /**
         * Category
         * @description A category of factors.
         */
        Category: {
            /** En */
            en: string;
            /** Name */
            name: string;
            /** Zh */
            zh: string;
        };
        /**
         * CategoryCount
         * @description How many factors of a library belong to a category.
         */
        CategoryCount: {
            /** Count */
            count: number;
            /** Name */
            name: string;
        };
        /**
         * ChartBars
         * @description Bars for a chart, of the length asked for or a whole multiple of it. Times in milliseconds since 1970, UTC.
         */
        ChartBars: {
            /** Close */
            close: number[];
            /** High */
            high: number[];
            /** Length Ms */
            length_ms: number;
            /** Low */
            low: number[];
            /**
             * Missing
             * @description spans without bars, from and to
             */
            missing: number[][];
            /** Open */
            open: number[];
            /** Open Time */
            open_time: number[];
            /**
             * Pinned
             * @description of a job: they are of the data that it was run on
             */
            pinned?: boolean | null;
            /** Volume */
            volume: (number | null)[];
        };
        /**
         * Check
         * @description One part that is needed.
         */
        Check: {
            /** Message */
            message: string;
            /** Ok */
            ok: boolean;
        };
        /**
         * CheckFault
         * @description One field that cannot be, with the nearest value that can.
         */
        CheckFault: {
            /** En */
            en: string;
            /** Field */
            field: string;
            /** Nearest */
            nearest?: unknown;
            /** Zh */
            zh: string;
        };
        /**
         * Checked
         * @description What would be said of a configuration if it was sent.
         */
        Checked: {
            /** Faults */
            faults: components["schemas"]["CheckFault"][];
            /** Ok */
            ok: boolean;
            /** Warnings */
            warnings: components["schemas"]["quantgpt__faces__rest__crypto_shapes__Said"][];
        };
        /**
         * CodeSent
         * @description A code is on its way.
         */
        CodeSent: {
            /** Expires In */
            expires_in: number;
            /** Message */
            message: string;
        };
        /**
         * ColouredToken
         * @description One token of an expression.
         */
        ColouredToken: {
            /** End */
            end: number;
            /** Kind */
            kind: string;
            /** Start */
            start: number;
        };
        /**
         * CommitBody
         * @description POST /imports/{import_id}/commit.
         * @example {
         *       "skip_bad_rows": false
         *     }
         */
        CommitBody: {
            /**
             * Skip Bad Rows
             * @description 跳过不可能为真的数据行
             * @default false
             */
            skip_bad_rows: boolean;
        };
        /**
         * CompareWarning
         * @description Something that makes the runs less comparable; `ids` are letters.
         */
        CompareWarning: {
            /** Code */
            code: string;
            /** En */
            en: string;
            /** Ids */
            ids: string[];
            /** Zh */
            zh: string;
        };
        /**
         * ComparedMetric
         * @description One row. `aligned`: on the common sessions, else each run over its own span.
         */
        ComparedMetric: {
            /** Aligned */
            aligned: boolean;
            /** Best */
            best: number | null;
            /**
             * Better
             * @enum {string}
             */
            better: "high" | "low" | "none";
            /**
             * Clear
             * @description the best leads by more than the interval of the paired difference
             */
            clear: boolean;
            /** Kind */
            kind: string;
            lead: components["schemas"]["Gap"] | null;
            /** Name */
            name: string;
            /** Own */
            own: (number | string | null)[];
            /** Runner Up */
            runner_up: number | null;
            /** To First */
            to_first: (components["schemas"]["Gap"] | null)[];
            /** Values */
            values: (number | string | null)[];
        };
        /**
         * ComparedRun
         * @description A column of the comparison.
         */
        ComparedRun: {
            /** Candidate */
            candidate: number | null;
            /** Canonical */
            canonical: string | null;
            /** Data Snapshot */
            data_snapshot: string | null;
            /** Direction */
            direction: number | null;
            /** End */
            end: string | null;
            /** Expression */
            expression: string;
            /** Expression Hash */
            expression_hash: string | null;
            /** Grade */
            grade: string | null;
            /** Id */
            id: string;
            /** Letter */
            letter: string;
            /** Lineage Id */
            lineage_id: string;
            /** Market */
            market: string | null;
            /** Parent */
            parent: string | null;
            /** Prompt */
            prompt: string | null;
            /** Score */
            score: number | null;
            /** Score Ci95 */
            score_ci95: number[] | null;
            /**
             * Sealed
             * @enum {string}
             */
            sealed: "none" | "sealed" | "seen" | "opened";
            /** Sessions */
            sessions: number;
            /** Start */
            start: string | null;
            /** Synthetic */
            synthetic: boolean | null;
            /** Task Id */
            task_id: string;
            /** Universe */
            universe: string | null;
            /** Words En */
            words_en: string | null;
            /** Words Zh */
            words_zh: string | null;
        };
        /**
         * ComparedSeries
         * @description Curves on the common sessions.
         */
        ComparedSeries: {
            nav: components["schemas"]["SeriesTable"] | null;
            rank_ic_cumulative: components["schemas"]["SeriesTable"] | null;
        };
        /**
         * ComparedSetting
         * @description One setting of every run.
         */
        ComparedSetting: {
            /** Differs */
            differs: boolean;
            /** Name */
            name: string;
            /** Values */
            values: unknown[];
        };
        /**
         * Comparison
         * @description Runs side by side.
         */
        Comparison: {
            alignment: components["schemas"]["Alignment"];
            correlation: components["schemas"]["Correlation"];
            /** Groups */
            groups: components["schemas"]["MetricGroup"][];
            method: components["schemas"]["Method"];
            /** Metrics */
            metrics: components["schemas"]["ComparedMetric"][];
            /** Pairs */
            pairs: components["schemas"]["Pair"][];
            /** Runs */
            runs: components["schemas"]["ComparedRun"][];
            series: components["schemas"]["ComparedSeries"];
            /** Settings */
            settings: components["schemas"]["ComparedSetting"][];
            verdict: components["schemas"]["Verdict"];
            /** Warnings */
            warnings: components["schemas"]["CompareWarning"][];
        };
        /**
         * Correlation
         * @description How alike the factor values are: mean rank correlation by session, turned by the direction of each run.
         */
        Correlation: {
            /** Days */
            days: number[][];
            /** Error */
            error: string | null;
            /** Every */
            every: number;
            /** Failed */
            failed: components["schemas"]["FailedValues"][];
            /** First Day */
            first_day: string | null;
            /** Job Id */
            job_id: string | null;
            /** Last Day */
            last_day: string | null;
            /** Letters */
            letters: string[];
            /** Matrix */
            matrix: (number | null)[][];
            /** Names */
            names: number[][];
            /** Oriented */
            oriented: boolean;
            progress: components["schemas"]["CorrelationProgress"] | null;
            reason: components["schemas"]["Words"] | null;
            /**
             * Same Idea
             * @description pairs above 0.90
             */
            same_idea: string[][];
            /**
             * State
             * @enum {string}
             */
            state: "absent" | "pending" | "running" | "completed" | "failed" | "unavailable";
        };
        /**
         * CorrelationProgress
         * @description Where the job is.
         */
        CorrelationProgress: {
            /** Message */
            message: string;
            /** Pct */
            pct: number;
            /** Stage */
            stage: string;
        };
        /**
         * CoverageCell
         * @description One item in one year.
         */
        CoverageCell: {
            /** Known */
            known: number;
            /**
             * Names
             * @description names with at least one gap
             */
            names: number;
            /** Of */
            of: number;
            /**
             * Pct
             * @description 0 to 100
             */
            pct: number;
        };
        /**
         * CoverageRow
         * @description One item; its cells run parallel to the years, null where the item does not exist.
         */
        CoverageRow: {
            /** Cells */
            cells: (components["schemas"]["CoverageCell"] | null)[];
            /** En */
            en: string;
            /** Field */
            field: string;
            /** Group */
            group: string;
            /** Of */
            of: string;
            /** Zh */
            zh: string;
        };
        /**
         * CoverageTable
         * @description How much is known, by item and year.
         */
        CoverageTable: {
            /** Market */
            market: string;
            /** Rows */
            rows: components["schemas"]["CoverageRow"][];
            /** Snapshot */
            snapshot: string;
            /** Warnings */
            warnings: components["schemas"]["CoverageWarning"][];
            /** Years */
            years: number[];
        };
        /**
         * CoverageWarning
         * @description What has to be said about an item, and what it touches.
         */
        CoverageWarning: {
            /** Args */
            args: {
                [key: string]: unknown;
            };
            /** Code */
            code: string;
            /** En */
            en: string;
            /** Field */
            field: string;
            /** Metrics */
            metrics: string[];
            /** Zh */
            zh: string;
        };
        /**
         * CryptoJob
         * @description A job as the signed interface shows it.
         */
        CryptoJob: {
            /** Config */
            config: {
                [key: string]: unknown;
            };
            /** Error */
            error: {
                [key: string]: unknown;
            } | null;
            /** Finished At */
            finished_at: string | null;
            /** Id */
            id: string;
            /** Progress */
            progress: number;
            /** Result */
            result: {
                [key: string]: unknown;
            } | null;
            /** Started At */
            started_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "failed" | "cancelled";
            /** Submitted At */
            submitted_at: string;
        };
        /**
         * CryptoJobs
         * @description A page of the caller's jobs, newest first; results with their metrics only.
         */
        CryptoJobs: {
            /** Data */
            data: components["schemas"]["CryptoJob"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * CryptoMarket
         * @description The market whose bars a new job would use.
         */
        CryptoMarket: {
            /** Market */
            market: string;
            /** Snapshot */
            snapshot: string;
            /** Symbols */
            symbols: components["schemas"]["CryptoSymbol"][];
            /** Synthetic */
            synthetic: boolean;
        };
        /**
         * CryptoSymbol
         * @description One pair of a venue with its filters and the bars that there are.
         */
        CryptoSymbol: {
            /** Base */
            base: string;
            /** Min Notional */
            min_notional: string;
            /** Quote */
            quote: string;
            /** Step */
            step: string;
            /** Symbol */
            symbol: string;
            /** Tick */
            tick: string;
            /** Timeframes */
            timeframes: components["schemas"]["TimeframeSpan"][];
            /**
             * Venue
             * @enum {string}
             */
            venue: "perp" | "spot";
        } & {
            [key: string]: unknown;
        };
        /**
         * DayBlocked
         * @description The orders of a day that were not filled.
         */
        DayBlocked: {
            reason: components["schemas"]["Reason"] | null;
            /** Rows */
            rows: components["schemas"]["BlockedOrder"][];
            /**
             * State
             * @enum {string}
             */
            state: "known" | "none";
        };
        /**
         * DayCount
         * @description How many on one day of the calendar of Asia/Shanghai.
         */
        DayCount: {
            /** Count */
            count: number;
            /** Date */
            date: string;
        };
        /**
         * DayHoldings
         * @description What was held from the last rebalance on.
         */
        DayHoldings: {
            /** As Of */
            as_of: string | null;
            reason: components["schemas"]["Reason"] | null;
            /** Rows */
            rows: components["schemas"]["Position"][];
            /**
             * State
             * @enum {string}
             */
            state: "known" | "none";
        };
        /**
         * DayLevel
         * @description Net asset values at the close.
         */
        DayLevel: {
            /** Benchmark */
            benchmark: number | null;
            /** Strategy */
            strategy: number | null;
        };
        /**
         * DayOfRun
         * @description One session of a finished run.
         */
        DayOfRun: {
            blocked: components["schemas"]["DayBlocked"];
            /** Date */
            date: string;
            /** Drawdown */
            drawdown: number | null;
            /** Group */
            group: string | null;
            holdings: components["schemas"]["DayHoldings"];
            /** Is Rebalance */
            is_rebalance: boolean;
            /** Is Session */
            is_session: boolean;
            nav: components["schemas"]["DayLevel"];
            /** Next */
            next: string | null;
            /** Previous */
            previous: string | null;
            /**
             * Rank Ic
             * @description of the factor values of that close
             */
            rank_ic: number | null;
            rebalance: components["schemas"]["Rebalance"] | null;
            return: components["schemas"]["DayReturn"];
            trades: components["schemas"]["DayTrades"];
        };
        /**
         * DayReturn
         * @description Returns of one day; null before the first trade.
         */
        DayReturn: {
            /** Benchmark */
            benchmark: number | null;
            /** Excess */
            excess: number | null;
            /** Strategy */
            strategy: number | null;
        };
        /**
         * DayTrades
         * @description The orders of a day that were filled, sales first.
         */
        DayTrades: {
            /** Cost */
            cost: number | null;
            reason: components["schemas"]["Reason"] | null;
            /** Rows */
            rows: components["schemas"]["Trade"][];
            /**
             * State
             * @enum {string}
             */
            state: "known" | "none";
            /** Turnover */
            turnover: number | null;
        };
        /**
         * DescribeBody
         * @description POST /expressions/describe.
         */
        DescribeBody: {
            /**
             * Dialect
             * @description 写法：quantgpt 或 qlib
             * @default quantgpt
             */
            dialect: string;
            /**
             * Expression
             * @description 因子表达式
             */
            expression: string;
            /**
             * Market
             * @description 行情库名称；默认为当前行情库
             */
            market?: string | null;
            /**
             * Other
             * @description 与之比较的表达式
             */
            other?: string | null;
            /**
             * Others
             * @description 由它改成的表达式，逐个说明改了什么
             * @default []
             */
            others: string[];
            /**
             * Similar
             * @description 查找相似的因子
             * @default true
             */
            similar: boolean;
        };
        /**
         * Description
         * @description All that can be said of an expression without a test.
         */
        Description: {
            /** Canonical */
            canonical: string | null;
            /** Depth */
            depth: number | null;
            /** Dialect */
            dialect: string;
            dialects: components["schemas"]["Dialects"] | null;
            diff: components["schemas"]["Difference"] | null;
            diff_error: components["schemas"]["ExpressionError"] | null;
            /**
             * Diffs
             * @description what was changed in each of `others`; null for one not readable
             */
            diffs: (components["schemas"]["Difference"] | null)[];
            error: components["schemas"]["ExpressionError"] | null;
            /** Expression */
            expression: string;
            /** Fields */
            fields: string[];
            /**
             * Formatted
             * @description the writer's own words, evenly spaced, in lines; null for Qlib's dialect
             */
            formatted: string | null;
            /** Hash */
            hash: string | null;
            in_words: components["schemas"]["Sentences"];
            /** Lookahead */
            lookahead: number | null;
            /** Nodes */
            nodes: number | null;
            /** Notices */
            notices: components["schemas"]["quantgpt__faces__rest__shapes__Notice"][];
            /** Parts */
            parts: components["schemas"]["Part"][];
            /**
             * Pretty
             * @description canonical, in lines
             */
            pretty: string | null;
            /** Pretty Lines */
            pretty_lines: components["schemas"]["Line"][];
            /** Similar */
            similar: components["schemas"]["Similar"][];
            /** Tokens */
            tokens: components["schemas"]["ColouredToken"][];
            /** Unit */
            unit: string | null;
            /** Uses Industry */
            uses_industry: boolean | null;
            /** Valid */
            valid: boolean;
            /** Warmup */
            warmup: number | null;
            /**
             * Words
             * @description not an expression: reads as a sentence, which a run puts into one
             */
            words: boolean;
            /** Words En */
            words_en: string | null;
            /** Words Zh */
            words_zh: string | null;
        };
        /**
         * Dialects
         * @description The same expression in our words and in Qlib's.
         */
        Dialects: {
            native: components["schemas"]["InDialect"];
            qlib: components["schemas"]["InDialect"];
        };
        /**
         * Difference
         * @description What makes an expression another one: removed from `before`, added in `after`.
         */
        Difference: {
            after: components["schemas"]["Marked"];
            before: components["schemas"]["Marked"];
            /**
             * Code
             * @enum {string}
             */
            code: "same" | "rewritten" | "wrapped" | "unwrapped" | "replaced" | "added" | "removed" | "changed";
            /** En */
            en: string;
            /** Same */
            same: boolean;
            /** Zh */
            zh: string;
        };
        /**
         * Disk
         * @description The one that holds the data.
         */
        Disk: {
            /** Free Bytes */
            free_bytes: number;
            /** Total Bytes */
            total_bytes: number;
        };
        /**
         * ExpressionBody
         * @description POST /expressions/validate.
         */
        ExpressionBody: {
            /**
             * Expression
             * @description 因子表达式
             */
            expression: string;
            /**
             * Market
             * @description 行情库名称；默认为当前行情库
             */
            market?: string | null;
        };
        /**
         * ExpressionError
         * @description Where and why an expression is wrong.
         */
        ExpressionError: {
            /** Code */
            code: string;
            /** Column */
            column: number;
            /** End */
            end: number;
            /** Hint */
            hint: string;
            /** Line */
            line: number;
            /** Message */
            message: string;
            /** Nearest */
            nearest: string | number | null;
            /** Start */
            start: number;
        };
        /**
         * FactorBody
         * @description POST /factors.
         */
        FactorBody: {
            /**
             * Expression
             * @description 因子表达式，或给出 task_id
             */
            expression?: string | null;
            /**
             * Name
             * @description 名称；默认为表达式
             */
            name?: string | null;
            /**
             * Note
             * @description 备注
             * @default
             */
            note: string;
            /**
             * Task Id
             * @description 已完成的任务
             */
            task_id?: string | null;
        };
        /**
         * FailedValues
         * @description A run whose factor values could not be computed.
         */
        FailedValues: {
            /** En */
            en: string;
            /** Letter */
            letter: string;
            /** Zh */
            zh: string;
        };
        Failure: {
            code?: string;
            column?: number;
            detail: string;
            detail_en?: string;
            field?: string;
            hint?: string;
            line?: number;
            nearest?: unknown;
        };
        /**
         * FeedbackBody
         * @description POST /feedback.
         * @example {
         *       "description": "图表没有显示",
         *       "page_url": "/runs/1"
         *     }
         */
        FeedbackBody: {
            /**
             * Description
             * @description 问题描述，1~2000 字
             */
            description: string;
            /**
             * Page Url
             * @description 当前页面，最多 500 字
             */
            page_url?: string | null;
            /**
             * Screenshot
             * @description PNG 截图：data:image/png;base64,… 或 base64，最多 5 MB
             */
            screenshot?: string | null;
            /**
             * Task Id
             * @description 关联任务
             */
            task_id?: string | null;
            /**
             * User Agent
             * @description 浏览器，最多 500 字
             */
            user_agent?: string | null;
        };
        /**
         * FeedbackReceived
         * @description Feedback was stored; `webhook_sent` says whether it was passed on.
         */
        FeedbackReceived: {
            /** Id */
            id: string;
            /**
             * Status
             * @constant
             */
            status: "received";
            /** Webhook Sent */
            webhook_sent: boolean;
        };
        /**
         * Gap
         * @description How much one run exceeds another; the interval and p are null where the metric has no daily series.
         */
        Gap: {
            /** Ci95 */
            ci95: number[] | null;
            /** P */
            p: number | null;
            /** Value */
            value: number | null;
        };
        /**
         * Health
         * @description Alive.
         */
        Health: {
            /** Active Tasks */
            active_tasks: number;
            /** Status */
            status: string;
            /** Total Tasks */
            total_tasks: number;
        };
        /**
         * HealthCheck
         * @description One check and what it found.
         */
        HealthCheck: {
            /** Code */
            code: string;
            /** Count */
            count: number;
            /** En */
            en: string;
            /**
             * Level
             * @enum {string}
             */
            level: "ok" | "gap" | "fault" | "skipped";
            /** Metrics */
            metrics: string[];
            /** More */
            more: number;
            /** Rows */
            rows: components["schemas"]["HealthExample"][];
            /** Sentence En */
            sentence_en: string;
            /** Sentence Zh */
            sentence_zh: string;
            /** Zh */
            zh: string;
        };
        /**
         * HealthChecks
         * @description All checks of one snapshot.
         */
        HealthChecks: {
            /** Bytes */
            bytes: number;
            /** Checked At */
            checked_at: string;
            /** Checks */
            checks: components["schemas"]["HealthCheck"][];
            /** Files Checked */
            files_checked: boolean;
            /** Market */
            market: string;
            /** Objects */
            objects: number;
            /** Ok */
            ok: boolean;
            /** Snapshot */
            snapshot: string;
        };
        /**
         * HealthExample
         * @description One place where a finding shows.
         */
        HealthExample: {
            /** Code */
            code: string | null;
            /** Day */
            day: string | null;
            /** Name */
            name: string | null;
            /** Text */
            text: string | null;
        };
        /**
         * ImportLimits
         * @description What may be sent.
         */
        ImportLimits: {
            /** Bytes */
            bytes: number;
            /** Files */
            files: number;
            /** Hours */
            hours: number;
            /** Open */
            open: number;
            /** Unpacked Bytes */
            unpacked_bytes: number;
        };
        /**
         * ImportList
         * @description Imports, newest first.
         */
        ImportList: {
            /** Accepts */
            accepts: string[];
            /** Imports */
            imports: components["schemas"]["ImportRow"][];
            limits: components["schemas"]["ImportLimits"];
        };
        /**
         * ImportResult
         * @description What an import did.
         */
        ImportResult: {
            /** Accepted */
            accepted: number;
            /** Added */
            added: number;
            /** Changed */
            changed: boolean;
            /** Changed Rows */
            changed_rows: number;
            /** Previous */
            previous: string | null;
            /** Rejected */
            rejected: number;
            /** Snapshot */
            snapshot: string;
        };
        /**
         * ImportRow
         * @description One import.
         */
        ImportRow: {
            /** Bytes */
            bytes: number;
            /** Created At */
            created_at: string;
            error: components["schemas"]["JobError"] | null;
            /** Expires At */
            expires_at: string;
            /** File Count */
            file_count: number;
            /** Id */
            id: string;
            job: components["schemas"]["JobRow"] | null;
            /** Market */
            market: string;
            preview: components["schemas"]["Preview"] | null;
            result: components["schemas"]["ImportResult"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "checking" | "ready" | "refused" | "writing" | "done" | "failed";
        };
        /**
         * InDialect
         * @description An expression in the words of a dialect; `text` is null where it cannot be said there.
         */
        InDialect: {
            /** Exact */
            exact: boolean;
            /** Notes */
            notes: components["schemas"]["WordingNote"][];
            /** Text */
            text: string | null;
        };
        /**
         * Instrument
         * @description One stock or index.
         */
        Instrument: {
            /** Board */
            board: string | null;
            /** Code */
            code: string;
            /** Delist Date */
            delist_date: string | null;
            /** Delisted */
            delisted: boolean;
            /** First Day */
            first_day: string | null;
            /** Industry */
            industry: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "stock" | "index";
            /** Last Day */
            last_day: string | null;
            /** List Date */
            list_date: string | null;
            /** Name */
            name: string;
            /** St */
            st: boolean | null;
        };
        /**
         * Instruments
         * @description The best matches.
         */
        Instruments: {
            /** Instruments */
            instruments: components["schemas"]["Instrument"][];
            /** Market */
            market: string;
            /** Total */
            total: number;
        };
        /**
         * IterateBody
         * @description POST /tasks/{task_id}/iterate.
         * @example {
         *       "n_candidates": 5,
         *       "run_rolling_validation": false
         *     }
         */
        IterateBody: {
            /**
             * N Candidates
             * @description 候选数量 1~10
             * @default 5
             */
            n_candidates: number;
            /**
             * Run Rolling Validation
             * @description 是否附上滚动验证
             * @default false
             */
            run_rolling_validation: boolean;
        };
        /**
         * JobError
         * @description Why it failed.
         */
        JobError: {
            /** Code */
            code: string | null;
            /** Detail */
            detail: string;
            /** Detail En */
            detail_en: string | null;
            /** Hint */
            hint: string | null;
        };
        /**
         * JobRow
         * @description Where the work is.
         */
        JobRow: {
            /** Id */
            id: string;
            /** Message */
            message: string;
            /** Pct */
            pct: number;
            /** Stage */
            stage: string;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed";
        };
        /**
         * LedgerSummaries
         * @description A page of the caller's ledgers, the one used last first.
         */
        LedgerSummaries: {
            /** Ledgers */
            ledgers: components["schemas"]["LedgerSummary"][];
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Total */
            total: number;
        };
        /**
         * LedgerSummary
         * @description One ledger: a universe and a span, and how much was tried on it.
         */
        LedgerSummary: {
            /** Best Sharpe Daily */
            best_sharpe_daily: number | null;
            /**
             * Effective Trials
             * @description how many independent trials these are worth
             */
            effective_trials: number;
            /** End Date */
            end_date: string;
            /** Failed */
            failed: number;
            /** First At */
            first_at: string;
            /** Graded B Or Better */
            graded_b_or_better: number;
            /** Last At */
            last_at: string;
            /** Ledger Key */
            ledger_key: string;
            /** Market */
            market: string;
            /**
             * Sharpe Hurdle Daily
             * @description expected best daily Sharpe ratio of that many without skill
             */
            sharpe_hurdle_daily: number | null;
            /** Sharpe Variance */
            sharpe_variance: number | null;
            /** Start Date */
            start_date: string;
            /** Trials */
            trials: number;
            /** Universe */
            universe: string;
        };
        /**
         * LibraryHead
         * @description A named set of factors. `kept` is the caller's own.
         */
        LibraryHead: {
            /** Categories */
            categories: components["schemas"]["CategoryCount"][];
            /** Compat */
            compat: string;
            /** Count */
            count: number;
            /** Dialect */
            dialect: string;
            /** En */
            en: string;
            /**
             * Left Out
             * @description factors of the source that cannot be stated exactly
             */
            left_out: number;
            /** Name */
            name: string;
            /** Note En */
            note_en: string;
            /** Note Zh */
            note_zh: string;
            /** Source */
            source: string;
            /** Zh */
            zh: string;
        };
        /**
         * LibraryHeads
         * @description All libraries.
         */
        LibraryHeads: {
            /** Categories */
            categories: components["schemas"]["Category"][];
            /** Libraries */
            libraries: components["schemas"]["LibraryHead"][];
        };
        /**
         * LibraryShelf
         * @description A library with the factors that a search found.
         */
        LibraryShelf: {
            /** Categories */
            categories: components["schemas"]["CategoryCount"][];
            /** Compat */
            compat: string;
            /** Count */
            count: number;
            /** Dialect */
            dialect: string;
            /** En */
            en: string;
            /** Factors */
            factors: components["schemas"]["ShelvedFactor"][];
            /**
             * Left Out
             * @description factors of the source that cannot be stated exactly
             */
            left_out: number;
            /**
             * Market
             * @description the market that `runnable` and the reasons are about
             */
            market: string | null;
            /** Name */
            name: string;
            /** Note En */
            note_en: string;
            /** Note Zh */
            note_zh: string;
            /** Shown */
            shown: number;
            /** Source */
            source: string;
            /** Total */
            total: number;
            /** Zh */
            zh: string;
        };
        /**
         * LibraryTest
         * @description A test of many factors. Rows come in the order of finishing, best first when it is done.
         */
        LibraryTest: {
            /** Created At */
            created_at: string;
            /** Done */
            done: number;
            /** Error */
            error: string | null;
            /** Finished At */
            finished_at: string | null;
            /** Library */
            library: string;
            /** Params */
            params: {
                [key: string]: unknown;
            };
            progress: components["schemas"]["TaskProgress"];
            /**
             * Rows
             * @description null in lists
             */
            rows: components["schemas"]["LibraryTestRow"][] | null;
            /**
             * Status
             * @description pending, sweeping, completed, failed
             */
            status: string;
            /** Summary */
            summary: {
                [key: string]: unknown;
            } | null;
            /** Test Id */
            test_id: string;
            /** Total */
            total: number;
        };
        /**
         * LibraryTestBody
         * @description POST /libraries/{name}/tests.
         * @example {
         *       "names": [
         *         "MA20",
         *         "ROC20"
         *       ]
         *     }
         */
        LibraryTestBody: {
            /**
             * Benchmark
             * @description 基准
             * @default hs300
             */
            benchmark: string;
            /**
             * Costs
             * @description 费用模型：flat 或 itemised
             * @default flat
             */
            costs: string;
            /**
             * End Date
             * @description 结束日期 YYYY-MM-DD
             * @default 2025-12-31
             */
            end_date: string;
            /**
             * Execution
             * @description 成交方式
             * @default next_open
             */
            execution: string;
            /**
             * Holding Period
             * @description 持仓周期 1~60 交易日
             * @default 5
             */
            holding_period: number;
            /**
             * Market
             * @description 行情库名称；默认为当前行情库
             */
            market?: string | null;
            /**
             * Mode
             * @description quick：IC 与分组，最多 400 个；full：完整检验与评级，最多 40 个
             * @default quick
             */
            mode: string;
            /**
             * N Groups
             * @description 分组数量 2~20
             * @default 5
             */
            n_groups: number;
            /**
             * Names
             * @description 因子的 id；不填则检验所有能检验的，超过上限则拒绝并说明
             */
            names?: string[] | null;
            /**
             * Seal
             * @description 保留区间末尾的封存段
             * @default true
             */
            seal: boolean;
            /**
             * Start Date
             * @description 起始日期 YYYY-MM-DD
             * @default 2023-01-01
             */
            start_date: string;
            /**
             * Universe
             * @description 股票池
             * @default hs300
             */
            universe: string;
        };
        /**
         * LibraryTestRow
         * @description One factor of a test. `same_as` names the factor of the same computation, whose figures it shows.
         */
        LibraryTestRow: {
            /** Cagr */
            cagr: number | null;
            /** Direction */
            direction: number | null;
            /** Error */
            error: string | null;
            /** Expression */
            expression: string;
            /** Grade */
            grade: string | null;
            /** Hint */
            hint: string | null;
            /** Ic Mean */
            ic_mean: number | null;
            /** Icir Annual */
            icir_annual: number | null;
            /** Id */
            id: string;
            /** Max Drawdown */
            max_drawdown: number | null;
            /** Monotonicity Score */
            monotonicity_score: number | null;
            /** Name */
            name: string;
            /** Out Of Slice Rank Ic */
            out_of_slice_rank_ic: number | null;
            /**
             * Q Value
             * @description false discovery rate over this test alone; null until it is done
             */
            q_value: number | null;
            /** Rank Ic Mean */
            rank_ic_mean: number | null;
            /** Rank Ic P Hac */
            rank_ic_p_hac: number | null;
            /** Rank Ic T Hac */
            rank_ic_t_hac: number | null;
            /** Same As */
            same_as: string | null;
            /**
             * Score
             * @description of a full test
             */
            score: number | null;
            /** Sharpe */
            sharpe: number | null;
            /** Status */
            status: string;
            /** Turnover */
            turnover: number | null;
        };
        /**
         * LibraryTests
         * @description A page of the caller's tests, newest first.
         */
        LibraryTests: {
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Tests */
            tests: components["schemas"]["LibraryTest"][];
            /** Total */
            total: number;
        };
        /**
         * Line
         * @description One operand, and the operator before it.
         */
        Line: {
            /** Symbol */
            symbol: string | null;
            /** Text */
            text: string;
        };
        /**
         * Lineage
         * @description The tree of a lineage.
         */
        Lineage: {
            /** Lineage Id */
            lineage_id: string;
            /** Nodes */
            nodes: {
                [key: string]: unknown;
            }[];
            /** Openings */
            openings: {
                [key: string]: unknown;
            }[];
            /** Roots */
            roots: string[];
            /** Task Id */
            task_id: string;
            /** Trials */
            trials: number;
        };
        /**
         * LoggedIn
         * @description Tokens and the user whom they stand for.
         */
        LoggedIn: {
            /** Access Token */
            access_token: string;
            /** Refresh Token */
            refresh_token: string;
            /**
             * Token Type
             * @default bearer
             */
            token_type: string;
            user: components["schemas"]["UserObject"];
        };
        /**
         * Marked
         * @description A canonical text and the pieces of it that the other one does not have.
         */
        Marked: {
            /** Spans */
            spans: components["schemas"]["Span"][];
            /** Text */
            text: string;
        };
        /**
         * MarketList
         * @description All markets.
         */
        MarketList: {
            /** Default */
            default: string | null;
            /** Markets */
            markets: components["schemas"]["MarketRow"][];
        };
        /**
         * MarketRow
         * @description What one market holds.
         */
        MarketRow: {
            /**
             * Broken
             * @description what is wrong with a damaged market
             */
            broken: string | null;
            /** Calendar Until */
            calendar_until: string | null;
            /** Can Import */
            can_import: boolean;
            /** Fields */
            fields: string[];
            /** First Day */
            first_day: string | null;
            /** Indices */
            indices: number;
            /** Is Default */
            is_default: boolean;
            /** Last Day */
            last_day: string | null;
            /** Made At */
            made_at: string | null;
            /** Name */
            name: string;
            /** Names */
            names: number;
            /** Rows */
            rows: number;
            /** Sessions */
            sessions: number;
            /** Size Bytes */
            size_bytes: number;
            /** Snapshot */
            snapshot: string | null;
            /** Snapshots */
            snapshots: number;
            /** Sources */
            sources: string[];
            /** Synthetic */
            synthetic: boolean;
            /** Universes */
            universes: components["schemas"]["UniverseRow"][];
            /**
             * Warnings
             * @description of the coverage; null until it was asked for once
             */
            warnings: number | null;
        };
        /**
         * Me
         * @description The caller.
         */
        Me: {
            /**
             * Created At
             * @description UTC, YYYY-MM-DDTHH:MM:SS
             */
            created_at: string | null;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Is Admin */
            is_admin: boolean;
            /**
             * Is Local
             * @description 本机模式下无需登录的本机用户
             */
            is_local: boolean;
            /** Last Login At */
            last_login_at: string | null;
            /** Nickname */
            nickname: string | null;
        };
        /**
         * Member
         * @description One member on a day.
         */
        Member: {
            /** Code */
            code: string;
            /** Has Prices */
            has_prices: boolean;
            /** Industry */
            industry: string | null;
            /** Name */
            name: string | null;
            /** Since */
            since: string | null;
            /** Until */
            until: string | null;
        };
        /**
         * MemberHistory
         * @description Every change of the members.
         */
        MemberHistory: {
            /** As Of */
            as_of: string | null;
            /** En */
            en: string;
            /** First Day */
            first_day: string;
            /** Is Pit */
            is_pit: boolean;
            /** Known Until */
            known_until: string | null;
            /** Last Day */
            last_day: string;
            /** Market */
            market: string;
            /** Notices */
            notices: components["schemas"]["quantgpt__faces__rest__market_shapes__Notice"][];
            /** Snapshot */
            snapshot: string;
            /** Steps */
            steps: components["schemas"]["MemberStep"][];
            /** Universe */
            universe: string;
            /** Zh */
            zh: string;
        };
        /**
         * MemberStep
         * @description A session on which the members changed.
         */
        MemberStep: {
            /** Added */
            added: components["schemas"]["NamedCode"][];
            /** Count */
            count: number;
            /** Day */
            day: string;
            /** Removed */
            removed: components["schemas"]["NamedCode"][];
            /** With Prices */
            with_prices: number;
        };
        /**
         * MembersOfDay
         * @description The members on a session.
         */
        MembersOfDay: {
            /** As Of */
            as_of: string | null;
            /** Asked */
            asked: string;
            /** Count */
            count: number;
            /** Date */
            date: string;
            /** En */
            en: string;
            /** Is Pit */
            is_pit: boolean;
            /** Known Until */
            known_until: string | null;
            /** Market */
            market: string;
            /** Members */
            members: components["schemas"]["Member"][];
            /** Notices */
            notices: components["schemas"]["quantgpt__faces__rest__market_shapes__Notice"][];
            /** Snapshot */
            snapshot: string;
            /** Source */
            source: string;
            /** Universe */
            universe: string;
            /** With Prices */
            with_prices: number;
            /** Zh */
            zh: string;
        };
        /**
         * Memory
         * @description Of the machine.
         */
        Memory: {
            /** Total Bytes */
            total_bytes: number;
            /** Used Bytes */
            used_bytes: number;
        };
        /**
         * Method
         * @description How the intervals of differences are made.
         */
        Method: {
            /** Block */
            block: number | null;
            /** Draws */
            draws: number;
            /** En */
            en: string;
            /** Name */
            name: string;
            /** Zh */
            zh: string;
        };
        /**
         * MetricGroup
         * @description Metrics that belong together.
         */
        MetricGroup: {
            /** Metrics */
            metrics: string[];
            /**
             * Name
             * @enum {string}
             */
            name: "prediction" | "returns" | "trust";
        };
        /**
         * NamedCode
         * @description A code and its name.
         */
        NamedCode: {
            /** Code */
            code: string;
            /** Name */
            name: string | null;
        };
        /**
         * NewKeyBody
         * @description POST /api-keys.
         * @example {
         *       "name": "laptop",
         *       "scopes": []
         *     }
         */
        NewKeyBody: {
            /**
             * Name
             * @description 名称，最多 100 字
             * @default
             */
            name: string;
            /**
             * Scopes
             * @description 权限；不填则全部
             * @default []
             */
            scopes: string[];
        };
        /**
         * NewSessionBody
         * @description POST /sessions.
         * @example {
         *       "name": "动量因子研究"
         *     }
         */
        NewSessionBody: {
            /**
             * Name
             * @description 名称，最多 200 字；不填则取第一个完成任务的 prompt
             */
            name?: string | null;
        };
        /**
         * Note
         * @description One part that may be there.
         */
        Note: {
            /** Configured */
            configured: boolean;
            /** Message */
            message: string;
        };
        /**
         * Openings
         * @description Looks at the sealed slice of a lineage, oldest first.
         */
        Openings: {
            /** Lineage Id */
            lineage_id: string;
            /** Openings */
            openings: {
                [key: string]: unknown;
            }[];
        };
        /**
         * OptionsBody
         * @description Our own options; an unknown one is refused.
         */
        OptionsBody: {
            /**
             * Costs
             * @description 费用模型：flat 或 itemised
             * @default flat
             */
            costs: string;
            /**
             * Direction
             * @description 因子方向 1 或 -1；默认由校准段决定
             */
            direction?: number | null;
            /**
             * Execution
             * @description 成交方式
             * @default next_open
             */
            execution: string;
            /**
             * Market
             * @description 行情库名称；默认为当前行情库
             */
            market?: string | null;
            /**
             * Neutralize Industry
             * @description 按行业中性化因子值
             * @default false
             */
            neutralize_industry: boolean;
            /**
             * Seal
             * @description 保留区间末尾的封存段，不参与本次检验
             * @default false
             */
            seal: boolean;
        };
        /**
         * Overview
         * @description Everybody together. `success_rate` is completed / (completed + failed) of the backtests; null before the first.
         */
        Overview: {
            /** Daily Tasks 7D */
            daily_tasks_7d: components["schemas"]["DayCount"][];
            /** Status Distribution */
            status_distribution: {
                [key: string]: number;
            };
            /** Success Rate */
            success_rate: number | null;
            /** Total Feedbacks */
            total_feedbacks: number;
            /** Total Tasks */
            total_tasks: number;
            /** Total Users */
            total_users: number;
            /** Unresolved Feedbacks */
            unresolved_feedbacks: number;
            /** User Trend 30D */
            user_trend_30d: components["schemas"]["DayCount"][];
        };
        /**
         * Pair
         * @description What is known at once of two runs.
         */
        Pair: {
            /** A */
            a: string;
            /** B */
            b: string;
            /** Ic Correlation */
            ic_correlation: number | null;
            /** Same Expression */
            same_expression: boolean;
        };
        /**
         * Part
         * @description One operand of the outermost chain of an expression: a factor of a product, a term of a sum, or the whole.
         */
        Part: {
            /** En */
            en: string;
            /** End */
            end: number;
            /**
             * Start
             * @description its place in `canonical`
             */
            start: number;
            /**
             * Symbol
             * @description the operator before it; null for the first
             */
            symbol: string | null;
            /** Text */
            text: string;
            /** Warmup */
            warmup: number;
            /** Zh */
            zh: string;
        };
        /**
         * PasswordBody
         * @description POST /admin/login.
         */
        PasswordBody: {
            /**
             * Password
             * @description 管理员密码
             */
            password: string;
        };
        /**
         * Position
         * @description One name that was held.
         */
        Position: {
            /**
             * Carried
             * @description it had left the group and could not be sold
             */
            carried: boolean;
            /** Code */
            code: string;
            /** Factor Value */
            factor_value: number | null;
            /** Group */
            group: string | null;
            /** Industry */
            industry: string | null;
            /** Name */
            name: string | null;
            /** Percentile */
            percentile: number | null;
            /**
             * Period Return
             * @description from its trade to the next rebalance's, or to the end
             */
            period_return: number | null;
            /**
             * Weight
             * @description right after the trade, before that day's charges
             */
            weight: number;
        };
        /**
         * Preview
         * @description What an import would do; nothing was written.
         */
        Preview: {
            /** Base Snapshot */
            base_snapshot: string | null;
            /** Can Commit */
            can_commit: boolean;
            changes: components["schemas"]["PreviewChanges"];
            /** Files */
            files: components["schemas"]["PreviewFile"][];
            /** Needs Skip Bad Rows */
            needs_skip_bad_rows: boolean;
            /**
             * Refused
             * @description why nothing at all can be taken in
             */
            refused: string | null;
            /**
             * Refused Code
             * @description nothing_usable, untestable, nothing_left
             */
            refused_code: string | null;
            /** Refused En */
            refused_en: string | null;
            totals: components["schemas"]["PreviewTotals"];
        };
        /**
         * PreviewChanges
         * @description What the market would gain.
         */
        PreviewChanges: {
            /** Changed Rows */
            changed_rows: number;
            /** First */
            first: string | null;
            /** Last */
            last: string | null;
            /**
             * Lists
             * @description members, instruments or the calendar change
             */
            lists: boolean;
            /** New Names */
            new_names: number;
            /** New Rows */
            new_rows: number;
            /** New Sessions */
            new_sessions: number;
            /** Nothing */
            nothing: boolean;
        };
        /**
         * PreviewFile
         * @description One file of a preview.
         */
        PreviewFile: {
            /** Accepted */
            accepted: number;
            /** Added */
            added: number;
            /** Bytes */
            bytes: number;
            /** Changed */
            changed: number;
            /** En */
            en: string;
            /** First */
            first: string | null;
            /** Kind */
            kind: string;
            /** Last */
            last: string | null;
            /** Name */
            name: string;
            /** Names */
            names: number;
            /**
             * Needs Skip
             * @description only taken in when rows that cannot be true are left out
             */
            needs_skip: boolean;
            /** Rejected */
            rejected: components["schemas"]["RejectedRows"][];
            /** Rejected Rows */
            rejected_rows: number;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "known" | "refused" | "unused" | "ignored";
            /** Unchanged */
            unchanged: number;
            /** Zh */
            zh: string;
        };
        /**
         * PreviewTotals
         * @description All files together; counts of rows are those of usable files.
         */
        PreviewTotals: {
            /** Accepted */
            accepted: number;
            /** Added */
            added: number;
            /** Changed */
            changed: number;
            /** Files */
            files: number;
            /** Rejected */
            rejected: number;
            /** Unchanged */
            unchanged: number;
            /** Usable */
            usable: number;
        };
        /**
         * Processors
         * @description The busy share since the last look; null on the first.
         */
        Processors: {
            /** Cores */
            cores: number | null;
            /** Share */
            share: number | null;
        };
        /**
         * QValue
         * @description What one p-value is worth as one of `family`.
         */
        QValue: {
            /** Family */
            family: number;
            /** P */
            p: number | null;
            /** P Holm */
            p_holm: number | null;
            /**
             * Q Bh
             * @description false discovery rate, Benjamini-Hochberg
             */
            q_bh: number | null;
            /**
             * Q By
             * @description the same under any dependence, Benjamini-Yekutieli
             */
            q_by: number | null;
            /**
             * T
             * @description HAC t of the rank IC
             */
            t: number | null;
            /**
             * T3
             * @description |t| > 3
             */
            t3: boolean;
        };
        /**
         * QValues
         * @description By task.
         */
        QValues: {
            /** Q Values */
            q_values: {
                [key: string]: components["schemas"]["QValue"];
            };
        };
        /**
         * Queue
         * @description Tasks of all users; at most a few seconds old.
         */
        Queue: {
            /** Unfinished */
            unfinished: number;
        };
        /**
         * Readiness
         * @description Ready when every check is ok; the notes do not count.
         */
        Readiness: {
            /** Checks */
            checks: {
                [key: string]: components["schemas"]["Check"];
            };
            /** Notes */
            notes: {
                [key: string]: components["schemas"]["Note"];
            };
            /**
             * Status
             * @enum {string}
             */
            status: "ready" | "not_ready";
        };
        /**
         * Reason
         * @description Why something is not there, in both languages.
         */
        Reason: {
            /** En */
            en: string;
            /** Zh */
            zh: string;
        };
        /**
         * Rebalance
         * @description One rebalance: decided at a close, traded on the day after.
         */
        Rebalance: {
            /**
             * Index
             * @description 1 for the first
             */
            index: number;
            /** Next Trade Date */
            next_trade_date: string | null;
            /** Of */
            of: number;
            /** Signal Date */
            signal_date: string;
            /** Trade Date */
            trade_date: string;
        };
        /**
         * RefreshBody
         * @description POST /auth/refresh.
         */
        RefreshBody: {
            /**
             * Refresh Token
             * @description 登录时得到的 refresh token
             */
            refresh_token: string;
        };
        /**
         * RejectedRows
         * @description Rows that are left out, for one reason: how many, and the first few.
         */
        RejectedRows: {
            /** Code */
            code: string;
            /** Count */
            count: number;
            /** En */
            en: string;
            /** Sample */
            sample: string[];
            /** Zh */
            zh: string;
        };
        /**
         * RenamedSession
         * @description A session under its new name.
         */
        RenamedSession: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Updated At */
            updated_at: string;
        };
        /**
         * ResolvedFeedback
         * @description Feedback that was dealt with, and when first.
         */
        ResolvedFeedback: {
            /** Id */
            id: string;
            /** Resolved */
            resolved: boolean;
            /** Resolved At */
            resolved_at: string;
        };
        /**
         * RollbackBody
         * @description POST /markets/{market}/rollback.
         */
        RollbackBody: {
            /**
             * Current
             * @description 当前快照；与库里的不同则不回退
             */
            current: string;
        };
        /**
         * RolledBack
         * @description The snapshot that is current after a rollback, and the one that was left.
         */
        RolledBack: {
            /** Left */
            left: string;
            /** Market */
            market: string;
            /** Snapshot */
            snapshot: string;
        };
        /**
         * RotateKeyBody
         * @description POST /api-keys/{key_id}/rotate.
         * @example {
         *       "grace_seconds": 86400
         *     }
         */
        RotateKeyBody: {
            /**
             * Grace Seconds
             * @description 旧密钥还有效的秒数，最多 30 天
             * @default 86400
             */
            grace_seconds: number;
        };
        /**
         * RunIds
         * @description POST /compare/correlation.
         */
        RunIds: {
            /**
             * Ids
             * @description 2 到 6 个运行：任务，或 `<任务>-<候选序号>`
             */
            ids: string[];
        };
        /**
         * Sealed
         * @description The sealed slice of a run and its lineage.
         */
        Sealed: {
            /** Error */
            error: string | null;
            /** Figures */
            figures: components["schemas"]["SealedFigure"][];
            /** Lineage Id */
            lineage_id: string;
            /** Looks */
            looks: components["schemas"]["SealedLook"][];
            opened: components["schemas"]["SealedOpening"] | null;
            reason: components["schemas"]["Reason"] | null;
            series: components["schemas"]["SealedCurves"] | null;
            slice: components["schemas"]["SealedSlice"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "none" | "sealed" | "seen" | "opening" | "opened" | "failed";
            /** Verdict */
            verdict: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * SealedCurves
         * @description Series of the slice alone; the net asset value begins at 1.
         */
        SealedCurves: {
            ic: components["schemas"]["SeriesTable"];
            nav: components["schemas"]["SeriesTable"];
        };
        /**
         * SealedFigure
         * @description One figure on the open part and on the slice.
         */
        SealedFigure: {
            /** After */
            after: number | string | null;
            /** After Ci95 */
            after_ci95: number[] | null;
            /** Before */
            before: number | string | null;
            /** Before Ci95 */
            before_ci95: number[] | null;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
        };
        /**
         * SealedLook
         * @description One look at the slice, or a refused one.
         */
        SealedLook: {
            /** At */
            at: string;
            /** Expression */
            expression: string;
            /** Reason */
            reason: string;
            /** Refused */
            refused: boolean;
        };
        /**
         * SealedOpening
         * @description The one opening of a lineage.
         */
        SealedOpening: {
            /** Asked By */
            asked_by: string | null;
            /** At */
            at: string;
            /** Expression */
            expression: string;
            /** Expression Hash */
            expression_hash: string;
            /**
             * Is This
             * @description it was opened for the factor of this run
             */
            is_this: boolean;
            /** Job Id */
            job_id: string | null;
            /** Looked At Before */
            looked_at_before: number;
            /** Number */
            number: number;
        };
        /**
         * SealedSlice
         * @description The sessions that were kept out of sight, and those before them.
         */
        SealedSlice: {
            /** First Day */
            first_day: string;
            /** Last Day */
            last_day: string;
            /** Open First Day */
            open_first_day: string | null;
            /** Open Last Day */
            open_last_day: string | null;
            /** Open Sessions */
            open_sessions: number | null;
            /** Sessions */
            sessions: number | null;
        };
        /**
         * SelectBody
         * @description POST /tasks/{task_id}/select_candidate.
         * @example {
         *       "candidate_index": 0
         *     }
         */
        SelectBody: {
            /**
             * Candidate Index
             * @description 排序后的候选序号，从 0 开始
             */
            candidate_index: number;
        };
        /**
         * Selected
         * @description The answer to a choice. `opening` says what became of the sealed slice of the lineage.
         */
        Selected: {
            /** Backtest Summary */
            backtest_summary: {
                [key: string]: unknown;
            };
            /** Expression */
            expression: string;
            /** Grade */
            grade: string;
            /** Opening */
            opening: {
                [key: string]: unknown;
            };
            /** Report Filename */
            report_filename: string | null;
            /** Report Metrics */
            report_metrics: {
                [key: string]: unknown;
            };
            /** Report Url */
            report_url: string | null;
            /** Score */
            score: number;
            /** Selected Index */
            selected_index: number;
            /** Task Id */
            task_id: string;
        };
        /**
         * SendCodeBody
         * @description POST /auth/send-code.
         * @example {
         *       "email": "user@example.com"
         *     }
         */
        SendCodeBody: {
            /**
             * Email
             * @description 邮箱
             */
            email: string;
        };
        /**
         * Sentences
         * @description One sentence for each operand of the outermost chain.
         */
        Sentences: {
            /** En */
            en: string[];
            /** Zh */
            zh: string[];
        };
        /**
         * SeriesTable
         * @description One series of a result: an index and columns of the same length; a missing number is null.
         */
        SeriesTable: {
            /** Columns */
            columns: {
                [key: string]: (number | string | boolean | null)[];
            };
            /** Index */
            index: (string | number | boolean | null)[];
            /** Index Name */
            index_name: string;
            /** Meta */
            meta: {
                [key: string]: unknown;
            };
            /** Name */
            name: string;
            /** Unit */
            unit: string;
        };
        /**
         * SessionList
         * @description Sessions, the one changed last first.
         */
        SessionList: {
            /** Sessions */
            sessions: components["schemas"]["SessionObject"][];
        };
        /**
         * SessionNameBody
         * @description PATCH /sessions/{session_id}.
         * @example {
         *       "name": "新名称"
         *     }
         */
        SessionNameBody: {
            /**
             * Name
             * @description 名称，1~200 字
             */
            name: string;
        };
        /**
         * SessionObject
         * @description A folder of tasks. `name` is null until its first task has finished, if none was given.
         */
        SessionObject: {
            /**
             * Best Grade
             * @description in lists: the grade that goes with it
             */
            best_grade?: string | null;
            /**
             * Best Score
             * @description in lists: of its finished tests and candidates
             */
            best_score?: number | null;
            /** Created At */
            created_at: string;
            /**
             * Failed
             * @description in lists: tasks that ended without a result
             */
            failed?: number | null;
            /** Id */
            id: string;
            /** Name */
            name: string | null;
            /**
             * Rounds
             * @description in lists: its tasks
             */
            rounds?: number | null;
            /**
             * Running
             * @description in lists: tasks that wait or run
             */
            running?: number | null;
            /** Updated At */
            updated_at: string;
        };
        /**
         * ShelvedFactor
         * @description One factor. `native` is what a test takes as its prompt.
         */
        ShelvedFactor: {
            /** Category */
            category: string;
            /** En */
            en: string;
            /**
             * Expression
             * @description as it was published
             */
            expression: string | null;
            /** Fields */
            fields: string[];
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Native */
            native: string | null;
            /** Reason En */
            reason_en: string | null;
            /** Reason Zh */
            reason_zh: string | null;
            /** Runnable */
            runnable: boolean;
            /** Source */
            source: string;
            /**
             * Stated
             * @description false: it cannot be stated exactly; the reasons say why
             */
            stated: boolean;
            /**
             * Tags
             * @description cross_section, industry, volume
             */
            tags: string[];
            /** Unit */
            unit: string | null;
            /** Warmup */
            warmup: number | null;
            /** Zh */
            zh: string;
        };
        /**
         * Similar
         * @description A factor that is like this one.
         */
        Similar: {
            /** Expression */
            expression: string;
            /** Id */
            id: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "kept" | "library";
            /**
             * Level
             * @enum {string}
             */
            level: "same" | "twin" | "similar";
            /** Library */
            library: string | null;
            /** Name */
            name: string;
            /**
             * Overlap
             * @description share of common sub-trees, 0 … 1
             */
            overlap: number;
        };
        /**
         * SnapshotList
         * @description Kept snapshots, newest first.
         */
        SnapshotList: {
            /** Can Roll Back */
            can_roll_back: boolean;
            /** Current */
            current: string;
            /** Kept */
            kept: number;
            /** Market */
            market: string;
            /** Snapshots */
            snapshots: components["schemas"]["SnapshotRow"][];
        };
        /**
         * SnapshotRow
         * @description One kept snapshot.
         */
        SnapshotRow: {
            /** First Day */
            first_day: string | null;
            /** Id */
            id: string;
            /** Is Current */
            is_current: boolean;
            /** Last Day */
            last_day: string | null;
            /** Made At */
            made_at: string;
            /** Names */
            names: number;
            /** Rows */
            rows: number;
            /** Size Bytes */
            size_bytes: number;
            /** Sources */
            sources: number;
        };
        /**
         * SourceList
         * @description Every source.
         */
        SourceList: {
            /** Sources */
            sources: components["schemas"]["SourceRow"][];
        };
        /**
         * SourceRow
         * @description One source.
         */
        SourceRow: {
            /** Can Test */
            can_test: boolean;
            /** Checked At */
            checked_at: string | null;
            /** Code */
            code: string | null;
            /** En */
            en: string;
            /** En Reason */
            en_reason: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "vendor" | "files";
            /** Last Success At */
            last_success_at: string | null;
            /** Latency Ms */
            latency_ms: number | null;
            /** Name */
            name: string;
            /**
             * Status
             * @enum {string}
             */
            status: "fine" | "degraded" | "unavailable" | "off" | "untested";
            /** Steps */
            steps: components["schemas"]["SourceStep"][];
            /** Zh */
            zh: string;
            /** Zh Reason */
            zh_reason: string;
        };
        /**
         * SourceStep
         * @description One step of a test.
         */
        SourceStep: {
            /** En */
            en: string;
            /** Ms */
            ms: number;
            /** Ok */
            ok: boolean;
            /** Step */
            step: string;
            /** Zh */
            zh: string;
        };
        /**
         * Span
         * @description A piece of a text.
         */
        Span: {
            /** End */
            end: number;
            /** Start */
            start: number;
        };
        /**
         * SystemFacts
         * @description How the server and its machine are. What cannot be read is null.
         */
        SystemFacts: {
            cpu: components["schemas"]["Processors"];
            disk: components["schemas"]["Disk"] | null;
            memory: components["schemas"]["Memory"];
            queue: components["schemas"]["Queue"];
            /** Uptime Seconds */
            uptime_seconds: number;
            /** Version */
            version: string;
            workers: components["schemas"]["Workers"] | null;
        };
        /**
         * TaskList
         * @description A page of tasks, newest first.
         */
        TaskList: {
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /** Tasks */
            tasks: components["schemas"]["TaskObject"][];
            /** Total */
            total: number;
        };
        /**
         * TaskObject
         * @description One task of either kind. `result` is there once `status` is `completed` or `iteration_completed`, `error` once
         *     it is `failed`.
         */
        TaskObject: {
            /** Attempt */
            attempt: number;
            /**
             * Candidates
             * @description of an iteration: in order of completion while it runs, best first when it is done
             */
            candidates: {
                [key: string]: unknown;
            }[] | null;
            /** Candidates Done */
            candidates_done: number | null;
            /** Candidates Total */
            candidates_total: number | null;
            /**
             * Counts
             * @description by stage: names, sessions, groups, permutations
             */
            counts: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
            /**
             * Created At
             * @description UTC, YYYY-MM-DDTHH:MM:SS
             */
            created_at: string;
            /** Error */
            error: string | null;
            /** Error Facts */
            error_facts: {
                [key: string]: unknown;
            } | null;
            /** Expression */
            expression: string | null;
            /** Finished At */
            finished_at: string | null;
            /**
             * Lineage Id
             * @description the first task of the line of descent
             */
            lineage_id: string | null;
            /** Manifest Id */
            manifest_id: string | null;
            /** Params */
            params: {
                [key: string]: unknown;
            };
            /**
             * Parent Task Id
             * @description the task that an iteration improves
             */
            parent_task_id: string | null;
            progress: components["schemas"]["TaskProgress"];
            /**
             * Q Values
             * @description in lists: significance after everything that was tried
             */
            q_values: {
                [key: string]: unknown;
            } | null;
            /** Result */
            result: {
                [key: string]: unknown;
            } | null;
            /** Result Hash */
            result_hash: string | null;
            /** Selected Candidate Index */
            selected_candidate_index: number | null;
            /** Session Id */
            session_id: string | null;
            /**
             * Status
             * @description pending, generating_expression, validating, fetching_data, backtesting, analyzing, generating_report, completed, failed; of an iteration: pending, iterating, iteration_completed, failed
             */
            status: string;
            /** Task Id */
            task_id: string;
            /**
             * Task Type
             * @enum {string}
             */
            task_type: "backtest" | "iteration";
            /**
             * Timings
             * @description seconds by stage; while it runs those that have ended
             */
            timings: {
                [key: string]: number;
            } | null;
            /** Updated At */
            updated_at: string;
            /** Warnings */
            warnings: {
                [key: string]: unknown;
            }[];
        };
        /**
         * TaskProgress
         * @description Where a task is.
         */
        TaskProgress: {
            /**
             * Args
             * @description names, sessions, groups, permutations, total
             */
            args?: {
                [key: string]: unknown;
            };
            /**
             * Code
             * @description the stage, or of an iteration its step: retest_parent, drafting, testing
             * @default
             */
            code: string;
            /** Message */
            message: string;
            /**
             * Pct
             * @description 0 … 100
             */
            pct: number;
            /** Stage */
            stage: string;
        };
        /**
         * Templates
         * @description The catalogue. `params` of each is a JSON Schema.
         */
        Templates: {
            /** Data */
            data: {
                [key: string]: unknown;
            }[];
        };
        /**
         * Ticket
         * @description Opens one address once: append `?ticket=…`.
         */
        Ticket: {
            /**
             * Expires In
             * @description 秒
             * @default 60
             */
            expires_in: number;
            /** Ticket */
            ticket: string;
        };
        /**
         * TimeframeSpan
         * @description Bars of one length: open time of the first one and last millisecond of the last one, since 1970, UTC.
         */
        TimeframeSpan: {
            /** First Ms */
            first_ms: number;
            /** Last Ms */
            last_ms: number;
            /** Timeframe */
            timeframe: string;
        };
        /**
         * Trade
         * @description One order that was filled. Shares are of the portfolio of that day; the price is unadjusted.
         */
        Trade: {
            /** Code */
            code: string;
            /** Cost */
            cost: number;
            /** Industry */
            industry: string | null;
            /** Name */
            name: string | null;
            /** Price */
            price: number | null;
            /**
             * Side
             * @enum {string}
             */
            side: "buy" | "sell" | "cash_out";
            /** Weight */
            weight: number;
        };
        /**
         * Trial
         * @description One factor that was tried. Figures are null where the test gave none.
         */
        Trial: {
            /** Created At */
            created_at: string;
            /** End Date */
            end_date: string;
            /** Expression */
            expression: string;
            /** Expression Hash */
            expression_hash: string;
            /** Grade */
            grade: string | null;
            /** Holding Period */
            holding_period: number;
            /** Ic Mean */
            ic_mean: number | null;
            /** Id */
            id: number;
            /**
             * Is Repeat
             * @description its factor was tried before on this ledger, with another holding period
             */
            is_repeat: boolean;
            /**
             * Kind
             * @description test, candidate, sweep or opening
             */
            kind: string;
            /** Kurtosis */
            kurtosis: number | null;
            /** Ledger Key */
            ledger_key: string;
            /** Lineage Id */
            lineage_id: string | null;
            /** Market */
            market: string;
            /** Ok */
            ok: boolean;
            /** P Value */
            p_value: number | null;
            /** Rank Ic Mean */
            rank_ic_mean: number | null;
            /** Score */
            score: number | null;
            /** Sessions */
            sessions: number | null;
            /**
             * Sharpe Annual
             * @description the same over a year
             */
            sharpe_annual: number | null;
            /**
             * Sharpe Daily
             * @description of the returns above the average of the universe
             */
            sharpe_daily: number | null;
            /** Skew */
            skew: number | null;
            /** Start Date */
            start_date: string;
            /** Task Id */
            task_id: string | null;
            /** Universe */
            universe: string;
        };
        /**
         * TrialList
         * @description A page of trials, newest first.
         */
        TrialList: {
            /**
             * Failed
             * @description of all pages
             */
            failed: number;
            /** Page */
            page: number;
            /** Page Size */
            page_size: number;
            /**
             * Repeats
             * @description of all pages
             */
            repeats: number;
            /** Total */
            total: number;
            /** Trials */
            trials: components["schemas"]["Trial"][];
        };
        /**
         * UnfinishedJob
         * @description One job. `operation`: factor.test, factor.iterate, library.test, compare.values and others that count.
         */
        UnfinishedJob: {
            /** Created At */
            created_at: string;
            /** Expression */
            expression: string | null;
            /** Id */
            id: string;
            /**
             * Library
             * @description of the test of a library
             */
            library: string | null;
            /** Message */
            message: string;
            /** Operation */
            operation: string;
            /** Pct */
            pct: number;
            /**
             * Prompt
             * @description of a task
             */
            prompt: string | null;
            /** Session Id */
            session_id: string | null;
            /** Stage */
            stage: string;
            /** Started At */
            started_at: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed";
            /**
             * Total
             * @description factors in the test of a library
             */
            total: number | null;
        };
        /**
         * UnfinishedJobs
         * @description The caller's unfinished jobs, newest first, at most 50 of them.
         */
        UnfinishedJobs: {
            /** Jobs */
            jobs: components["schemas"]["UnfinishedJob"][];
            /** Limit */
            limit: number;
            /**
             * Taken
             * @description of everybody: what counts in the limit
             */
            taken: number;
            /**
             * Total
             * @description of the caller
             */
            total: number;
        };
        /**
         * UniverseRow
         * @description A universe and how many belong to it on the last session.
         */
        UniverseRow: {
            /** En */
            en: string;
            /** Is Pit */
            is_pit: boolean;
            /** Members */
            members: number;
            /** Name */
            name: string;
            /** Zh */
            zh: string;
        };
        /**
         * UpdateBody
         * @description POST /markets/{market}/updates.
         * @example {
         *       "apply": false
         *     }
         */
        UpdateBody: {
            /**
             * Apply
             * @description 写入；false 只看差异
             * @default false
             */
            apply: boolean;
            /**
             * End
             * @description 结束日期
             */
            end?: string | null;
            /**
             * Seen
             * @description 看过的差异（更新编号）：内容与它不同则不写入
             */
            seen?: string | null;
            /**
             * Source
             * @description 数据源
             * @default baostock
             */
            source: string;
            /**
             * Start
             * @description 起始日期，仅当行情库为空时需要
             */
            start?: string | null;
            /**
             * Universes
             * @description 一并取成分股的股票池
             * @default [
             *       "hs300",
             *       "csi500"
             *     ]
             */
            universes: string[];
        };
        /**
         * UpdateFile
         * @description One table of an update.
         */
        UpdateFile: {
            /** Accepted */
            accepted: number;
            /** Added */
            added: number;
            /** Changed */
            changed: number;
            /** En */
            en: string;
            /** First */
            first: string | null;
            /** Kind */
            kind: string;
            /** Last */
            last: string | null;
            /** Name */
            name: string;
            /** Names */
            names: number;
            /** Rejected */
            rejected: components["schemas"]["RejectedRows"][];
            /** Rejected Rows */
            rejected_rows: number;
            /** State */
            state: string;
            /** Unchanged */
            unchanged: number;
            /** Zh */
            zh: string;
        };
        /**
         * UpdateList
         * @description Updates, newest first.
         */
        UpdateList: {
            /** Updates */
            updates: components["schemas"]["UpdateRow"][];
        };
        /**
         * UpdateReport
         * @description What an update changed, or would change. `difference` identifies it.
         */
        UpdateReport: {
            /** Applied */
            applied: boolean;
            /** Changed */
            changed: boolean;
            /** Difference */
            difference: string;
            /** Files */
            files: components["schemas"]["UpdateFile"][];
            /** Market */
            market: string;
            /** Nothing */
            nothing: boolean;
            /** Previous */
            previous: string | null;
            /** Snapshot */
            snapshot: string | null;
            totals: components["schemas"]["UpdateTotals"];
        };
        /**
         * UpdateRow
         * @description One update.
         */
        UpdateRow: {
            /** Apply */
            apply: boolean;
            /** Created At */
            created_at: string;
            /** End */
            end: string | null;
            error: components["schemas"]["JobError"] | null;
            /** Finished At */
            finished_at: string | null;
            /** Id */
            id: string;
            job: components["schemas"]["JobRow"];
            /** Market */
            market: string;
            report: components["schemas"]["UpdateReport"] | null;
            /** Source */
            source: string;
            /** Start */
            start: string | null;
        };
        /**
         * UpdateTotals
         * @description All tables together, in rows.
         */
        UpdateTotals: {
            /** Accepted */
            accepted: number;
            /** Added */
            added: number;
            /** Changed */
            changed: number;
            /** Rejected */
            rejected: number;
            /** Unchanged */
            unchanged: number;
        };
        /**
         * UserObject
         * @description One user.
         */
        UserObject: {
            /**
             * Created At
             * @description UTC, YYYY-MM-DDTHH:MM:SS
             */
            created_at: string | null;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Nickname */
            nickname: string | null;
        };
        /**
         * Validation
         * @description What can be said of an expression without running it.
         */
        Validation: {
            /** Canonical */
            canonical: string | null;
            /** Depth */
            depth: number | null;
            error: components["schemas"]["ExpressionError"] | null;
            /** Expression */
            expression: string;
            /** Fields */
            fields: string[];
            /** Hash */
            hash: string | null;
            /** Lookahead */
            lookahead: number | null;
            /** Nodes */
            nodes: number | null;
            /** Notices */
            notices: components["schemas"]["quantgpt__faces__rest__shapes__Notice"][];
            /** Tokens */
            tokens: components["schemas"]["ColouredToken"][];
            /** Unit */
            unit: string | null;
            /** Uses Industry */
            uses_industry: boolean | null;
            /** Valid */
            valid: boolean;
            /** Warmup */
            warmup: number | null;
            /**
             * Words
             * @description not an expression: reads as a sentence, which a run puts into one
             */
            words: boolean;
            /** Words En */
            words_en: string | null;
            /** Words Zh */
            words_zh: string | null;
        };
        /**
         * Verdict
         * @description Whether the best is really better; `more` are further pairs that are one idea.
         */
        Verdict: {
            /** Args */
            args: {
                [key: string]: unknown;
            };
            /** Code */
            code: string;
            /** En */
            en: string;
            /** More */
            more: components["schemas"]["quantgpt__faces__rest__routes__compare__Said"][];
            /** Zh */
            zh: string;
        };
        /**
         * VerifyCodeBody
         * @description POST /auth/verify-code.
         * @example {
         *       "code": "123456",
         *       "email": "user@example.com"
         *     }
         */
        VerifyCodeBody: {
            /**
             * Code
             * @description 6 位验证码
             */
            code: string;
            /**
             * Email
             * @description 邮箱
             */
            email: string;
        };
        /**
         * WordingNote
         * @description Where another dialect has no exact counterpart, and which operators are the reason.
         */
        WordingNote: {
            /** Code */
            code: string;
            /** En */
            en: string;
            /** Operators */
            operators: string[];
            /** Zh */
            zh: string;
        };
        /**
         * Words
         * @description A sentence in both languages.
         */
        Words: {
            /** En */
            en: string;
            /** Zh */
            zh: string;
        };
        /**
         * Workers
         * @description Those heard of lately, and how many jobs they take at once.
         */
        Workers: {
            /** Alive */
            alive: number;
            /** Slots */
            slots: number;
        };
        /**
         * Said
         * @description A sentence in both languages.
         */
        quantgpt__faces__rest__crypto_shapes__Said: {
            /** En */
            en: string;
            /** Zh */
            zh: string;
        };
        /**
         * Notice
         * @description A warning that can be shown in either language.
         */
        quantgpt__faces__rest__market_shapes__Notice: {
            /** Args */
            args: {
                [key: string]: unknown;
            };
            /** Code */
            code: string;
            /** En */
            en: string;
            /** Zh */
            zh: string;
        };
        /**
         * Said
         * @description A sentence.
         */
        quantgpt__faces__rest__routes__auth__Said: {
            /** Message */
            message: string;
        };
        /**
         * Said
         * @description A sentence with what it is made of.
         */
        quantgpt__faces__rest__routes__compare__Said: {
            /** Args */
            args: {
                [key: string]: unknown;
            };
            /** Code */
            code: string;
            /** En */
            en: string;
            /** Zh */
            zh: string;
        };
        /**
         * Notice
         * @description Something to know about a valid expression.
         */
        quantgpt__faces__rest__shapes__Notice: {
            /** Code */
            code: string;
            /** En */
            en: string;
            /** End */
            end: number;
            /** Start */
            start: number;
            /** Zh */
            zh: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_feedbacks_api_v1_admin_feedbacks_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
                resolved?: boolean | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminFeedbacks"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    patch_resolve_api_v1_admin_feedbacks__feedback_id__resolve_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolvedFeedback"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_login_api_v1_admin_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminToken"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_overview_api_v1_admin_overview_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_tasks_api_v1_admin_tasks_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
                status?: string | null;
                user_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminTasks"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_users_api_v1_admin_users_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminUsers"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_keys_api_v1_api_keys_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeys"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_key_api_v1_api_keys_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKeyBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeySecret"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_key_api_v1_api_keys__key_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_rotate_api_v1_api_keys__key_id__rotate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateKeyBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeySecret"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_logout_api_v1_auth_logout_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["quantgpt__faces__rest__routes__auth__Said"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_me_api_v1_auth_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_refresh_api_v1_auth_refresh_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_send_code_api_v1_auth_send_code_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendCodeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeSent"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_verify_code_api_v1_auth_verify_code_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyCodeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_auto_backtest_api_v1_auto_backtest_post: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BacktestBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_compare_api_v1_compare_get: {
        parameters: {
            query: {
                /** @description 2 to 6 runs, comma-separated: a task, or `<task>-<index>` of a candidate */
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_correlation_api_v1_compare_correlation_get: {
        parameters: {
            query: {
                /** @description 2 to 6 runs, comma-separated: a task, or `<task>-<index>` of a candidate */
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Correlation"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_correlation_api_v1_compare_correlation_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunIds"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Correlation"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Correlation"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_bars_api_v1_crypto_bars_get: {
        parameters: {
            query: {
                symbol: string;
                timeframe: string;
                from: number;
                to: number;
                /** @description perp 或 spot */
                market?: string;
                /** @description 最多多少根 K 线 */
                most?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChartBars"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_check_api_v1_crypto_check_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checked"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_jobs_api_v1_crypto_jobs_get: {
        parameters: {
            query?: {
                status?: string | null;
                template_id?: string | null;
                /** @description 1 到 100 */
                limit?: string | null;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CryptoJobs"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_job_api_v1_crypto_jobs_post: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CryptoJob"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_job_api_v1_crypto_jobs__crypto_job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                crypto_job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CryptoJob"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_job_bars_api_v1_crypto_jobs__crypto_job_id__bars_get: {
        parameters: {
            query?: {
                symbol?: string | null;
                from?: number | null;
                to?: number | null;
                /** @description 最多多少根 K 线 */
                most?: number;
            };
            header?: never;
            path: {
                crypto_job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChartBars"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_cancel_api_v1_crypto_jobs__crypto_job_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                crypto_job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CryptoJob"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_details_api_v1_crypto_jobs__crypto_job_id__details_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                crypto_job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_market_api_v1_crypto_market_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CryptoMarket"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_templates_api_v1_crypto_templates_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Templates"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_describe_api_v1_expressions_describe_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DescribeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Description"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_validate_api_v1_expressions_validate_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExpressionBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_factors_api_v1_factors_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_factor_api_v1_factors_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_factor_api_v1_factors__factor_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                factor_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_feedback_api_v1_feedback_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackReceived"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_screenshot_api_v1_feedback_screenshots__feedback_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description PNG */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_health_api_v1_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_ready_api_v1_health_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    get_imports_api_v1_imports_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_import_api_v1_imports_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    files: string[];
                    /**
                     * @description 行情库名称
                     * @default main
                     */
                    market?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_import_api_v1_imports__import_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_import_api_v1_imports__import_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_commit_api_v1_imports__import_id__commit_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommitBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_preview_api_v1_imports__import_id__preview_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_unfinished_api_v1_jobs_unfinished_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnfinishedJobs"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_cancel_job_api_v1_jobs__job_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnfinishedJob"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_libraries_api_v1_libraries_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryHeads"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_library_api_v1_libraries__name__get: {
        parameters: {
            query?: {
                query?: string;
                category?: string | null;
                market?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryShelf"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_library_test_api_v1_libraries__name__tests_post: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LibraryTestBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryTest"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_library_tests_api_v1_library_tests_get: {
        parameters: {
            query?: {
                library?: string | null;
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryTests"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_library_test_api_v1_library_tests__test_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                test_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryTest"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_cancel_library_test_api_v1_library_tests__test_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                test_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryTest"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_market_api_v1_market_get: {
        parameters: {
            query?: {
                market?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_markets_api_v1_markets_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_bars_api_v1_markets__market__bars__code__get: {
        parameters: {
            query?: {
                /** @description YYYY-MM-DD */
                start?: string | null;
                /** @description YYYY-MM-DD */
                end?: string | null;
                freq?: "1d" | "1w" | "1mo";
                adjust?: "none" | "forward";
            };
            header?: never;
            path: {
                market: string;
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BarsOfName"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_coverage_api_v1_markets__market__coverage_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoverageTable"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_health_api_v1_markets__market__health_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthChecks"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_health_api_v1_markets__market__health_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthChecks"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_instruments_api_v1_markets__market__instruments_get: {
        parameters: {
            query?: {
                query?: string;
                limit?: number;
            };
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instruments"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_rollback_api_v1_markets__market__rollback_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolledBack"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_snapshots_api_v1_markets__market__snapshots_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnapshotList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_history_api_v1_markets__market__universes__universe__history_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
                universe: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberHistory"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_members_api_v1_markets__market__universes__universe__members_get: {
        parameters: {
            query?: {
                /** @description YYYY-MM-DD */
                date?: string | null;
            };
            header?: never;
            path: {
                market: string;
                universe: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembersOfDay"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_updates_api_v1_markets__market__updates_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_update_api_v1_markets__market__updates_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                market: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_operators_api_v1_operators_get: {
        parameters: {
            query?: {
                dialect?: "quantgpt" | "qlib";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_task_q_values_api_v1_q_values_get: {
        parameters: {
            query: {
                /** @description comma-separated */
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QValues"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_report_api_v1_reports__filename__get: {
        parameters: {
            query?: {
                download?: boolean;
            };
            header?: never;
            path: {
                filename: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_report_ticket_api_v1_reports__filename__ticket_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                filename: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_sessions_api_v1_sessions_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_session_api_v1_sessions_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSessionBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionObject"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_session_api_v1_sessions__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    patch_session_api_v1_sessions__session_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionNameBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RenamedSession"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_session_q_values_api_v1_sessions__session_id__q_values_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QValues"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_sources_api_v1_sources_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_test_api_v1_sources__source__test_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_system_api_v1_system_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemFacts"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_tasks_api_v1_tasks_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
                session_id?: string | null;
                /** @description 按状态过滤 */
                status?: string | null;
                /** @description 按类型过滤 */
                task_type?: ("backtest" | "iteration") | null;
                brief?: boolean;
                q_values?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_task_api_v1_tasks__task_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskObject"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_cancel_api_v1_tasks__task_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskObject"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_day_api_v1_tasks__task_id__days__date__get: {
        parameters: {
            query?: {
                /** @description 候选序号（迭代任务） */
                candidate?: number | null;
            };
            header?: never;
            path: {
                task_id: string;
                date: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DayOfRun"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_explanation_api_v1_tasks__task_id__explanation_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_insights_api_v1_tasks__task_id__insights_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_insights_api_v1_tasks__task_id__insights_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_iterate_api_v1_tasks__task_id__iterate_post: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string | null;
            };
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["IterateBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_lineage_api_v1_tasks__task_id__lineage_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lineage"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_openings_api_v1_tasks__task_id__openings_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Openings"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_sealed_api_v1_tasks__task_id__sealed_get: {
        parameters: {
            query?: {
                /** @description 候选序号（迭代任务） */
                candidate?: number | null;
            };
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sealed"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_select_candidate_api_v1_tasks__task_id__select_candidate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SelectBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selected"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_series_api_v1_tasks__task_id__series__name__get: {
        parameters: {
            query?: {
                /** @description 候选序号（迭代任务） */
                candidate?: number | null;
            };
            header?: never;
            path: {
                task_id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesTable"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    post_stream_ticket_api_v1_tasks__task_id__sse_ticket_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_stream_api_v1_tasks__task_id__stream_get: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
            };
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_trials_api_v1_trials_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
                universe?: string | null;
                ledger_key?: string | null;
                lineage_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialList"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_summary_api_v1_trials_summary_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerSummaries"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_universes_api_v1_universes_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_update_api_v1_updates__update_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                update_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_update_api_v1_updates__update_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                update_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateRow"];
                };
            };
            /** @description 参数错误 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description 参数错误 */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
}
