// Written by scripts/api-types.mjs from openapi.json; do not edit.

export interface paths {
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
         * @description Ready: database, market data and a worker are there.
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
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Operators
         * @description Operators, fields and special variables.
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
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tasks
         * @description The caller's tasks, newest first; `brief` shows only the key figures of each result.
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
    "/api/v1/tasks/{task_id}/series/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Series
         * @description One series of a finished task.
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
             * @description 因子表达式
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
         * ExpressionBody
         * @description POST /expressions/validate.
         */
        ExpressionBody: {
            /**
             * Expression
             * @description 因子表达式
             */
            expression: string;
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
        Failure: {
            code?: string;
            column?: number;
            detail: string;
            field?: string;
            hint?: string;
            line?: number;
            nearest?: unknown;
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
         * Notice
         * @description Something to know about a valid expression.
         */
        Notice: {
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
         * @description One task. `result` is there once `status` is `completed`, `error` once it is `failed`.
         */
        TaskObject: {
            /** Attempt */
            attempt: number;
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
            /** Manifest Id */
            manifest_id: string | null;
            /** Params */
            params: {
                [key: string]: unknown;
            };
            progress: components["schemas"]["TaskProgress"];
            /** Result */
            result: {
                [key: string]: unknown;
            } | null;
            /** Result Hash */
            result_hash: string | null;
            /** Session Id */
            session_id: string | null;
            /**
             * Status
             * @description pending, generating_expression, validating, fetching_data, backtesting, analyzing, generating_report, completed, failed
             */
            status: string;
            /** Task Id */
            task_id: string;
            /** Task Type */
            task_type: string;
            /** Timings */
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
            notices: components["schemas"]["Notice"][];
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
            /** Words En */
            words_en: string | null;
            /** Words Zh */
            words_zh: string | null;
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
                    "application/json": unknown;
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
    get_operators_api_v1_operators_get: {
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
    get_tasks_api_v1_tasks_get: {
        parameters: {
            query?: {
                page?: number;
                page_size?: number;
                session_id?: string | null;
                brief?: boolean;
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
    get_series_api_v1_tasks__task_id__series__name__get: {
        parameters: {
            query?: never;
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
}
