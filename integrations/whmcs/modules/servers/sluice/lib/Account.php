<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** The module commands of a service. */
final class Account
{
    private readonly Commands $commands;
    private readonly Service $service;

    /**
     * @param array<array-key, mixed> $params the parameters of a module function
     *
     * @throws Refusal
     */
    public function __construct(private readonly array $params)
    {
        $this->service = Service::of($params);
        $this->commands = new Commands(new Api(Connection::ofServer($params)), $this->service);
    }

    /**
     * Creates the account, and stores user name and password in WHMCS. On a panel where Sluice makes no accounts, the existing one
     * that the service names is read instead.
     */
    public function create(): void
    {
        $this->commands->sync();
        try {
            $this->commands->provision('create', ['ordered' => true], function (Data $credentials): void {
                Credentials::store($this->params, $credentials);
                // The answer that had the password was lost.
                if (Credentials::isLost($credentials)) {
                    $this->setAnotherPassword();
                }
            });
        } catch (ApiError $error) {
            if ($error->reason !== 'unsupported') {
                throw $error;
            }
            try {
                $this->link();
            } catch (ApiError | Refusal $problem) {
                $this->commands->sync();
                throw $problem;
            }
        }
    }

    public function suspend(): void
    {
        $reason = Text::sentence((new Data($this->params))->text('suspendreason'));
        $this->commands->provisionKnown('suspend', ['as' => 'billing'] + ($reason === '' ? [] : ['note' => $reason]));
    }

    /** Ends the suspension, with the due date that WHMCS has: by the former one, a service that is paid late would be held again. */
    public function unsuspend(): void
    {
        try {
            $this->commands->sync();
        } catch (Refusal | ApiError) {
            // What keeps the due date from being read does not keep the service suspended.
        }
        $this->commands->provisionKnown('unsuspend', ['as' => 'billing']);
    }

    /** Removes the account; calls that are not billed yet are billed first. */
    public function terminate(): void
    {
        $this->commands->provisionKnown('terminate', ['finalInvoice' => true]);
    }

    /** Moves the service to the product that its product in WHMCS stands for now. */
    public function changePackage(): void
    {
        $this->commands->sync();
        $product = $this->read()->text('product');
        $this->commands->provision('change-package', ['product' => $product]);
    }

    /** Sets the password that WHMCS has for the service. */
    public function changePassword(): void
    {
        $password = (new Data($this->params))->text('password');
        if ($password === '') {
            throw new Refusal('WHMCS sent an empty password; nothing was changed.');
        }
        $this->commands->provisionKnown('change-password', ['password' => $password]);
    }

    /** Moves the account's expiry to the due date that WHMCS has. */
    public function renew(): void
    {
        $this->commands->sync();
        $until = $this->read()->text('nextDueDate');
        if ($until !== '') {
            $this->commands->provision('renew', ['until' => $until]);
        }
    }

    /**
     * Sets a password in place of one that nobody has.
     *
     * @throws Refusal where the panel can't change passwords
     */
    private function setAnotherPassword(): void
    {
        try {
            $this->commands->provision('change-password', [], $this->storesCredentials());
        } catch (ApiError $error) {
            if ($error->reason !== 'unsupported') {
                throw $error;
            }
            throw new Refusal('The account exists, but its password was lost with an answer, and its panel can\'t change it (password_unknown). Remove the account on the panel and create it again; or set a password there, enter it in WHMCS, and set the service to Active.');
        }
    }

    /** @return callable(Data): void */
    private function storesCredentials(): callable
    {
        return function (Data $credentials): void {
            Credentials::store($this->params, $credentials);
        };
    }

    private function read(): Data
    {
        $service = new Data($this->commands->api->get($this->service->path()));
        if ($service->text('id') === '') {
            throw ApiError::ofOther();
        }
        return $service;
    }

    /** Reads the account that the service names; only active services are read. */
    private function link(): void
    {
        $this->commands->send('PATCH', $this->service->path(), ['values' => ['status' => 'active']], 'link');
        $usage = $this->commands->api->get('/usage', ['service' => $this->service->id, 'refresh' => 'true']);
        $found = (new Data($usage))->items('services')[0] ?? new Data([]);
        $problem = $found->at('error')->text('message');
        if ($problem !== '') {
            throw new Refusal($problem);
        }
        if (!$found->has('usage')) {
            throw new Refusal('Sluice makes no accounts on this panel, and can\'t read the existing one: check the ids in the custom fields of the service.');
        }
    }
}
